import test from 'ava';
import { DurablePromise } from '../../driver/engine/durable-promise';

const looks: Record<string, (promise: Promise<unknown>) => unknown> = {
  await: async (promise) => {
    await promise;
  },
  then: (promise) => promise.then(() => undefined),
  catch: (promise) => promise.catch(() => undefined),
  finally: (promise) => promise.finally(() => undefined),
  all: (promise) => Promise.all([promise]),
  race: (promise) => Promise.race([promise]),
  any: (promise) => Promise.any([promise]),
  allSettled: (promise) => Promise.allSettled([promise]),
  return: async (promise) => promise,
};

function pending() {
  let resolve: (value: number) => void = () => undefined;
  const promise = new DurablePromise<number>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

for (const [name, look] of Object.entries(looks)) {
  test(`${name} is a look, and gets the value`, async (t) => {
    const { promise, resolve } = pending();
    const looked = look(promise);
    await Promise.resolve(); // a returned promise is asked a moment later
    t.true(promise.isObserved);
    resolve(1);
    await looked;
    t.is(await promise, 1);
  });
}

test('nobody looked at one that was only made, nor at one expected to fail', async (t) => {
  const { promise, resolve } = pending();
  t.false(promise.isObserved);
  promise.expectFailure();
  resolve(1);
  await new Promise((later) => setImmediate(later));
  t.false(promise.isObserved);
  t.true(promise instanceof Promise);
});

test('await takes it as it is: nothing comes between its settling and who waits', async (t) => {
  const { promise, resolve } = pending();
  const order: string[] = [];
  const awaited = (async () => {
    await promise;
    order.push('durable');
  })();
  const plain = Promise.resolve();
  resolve(1);
  const other = (async () => {
    await plain;
    order.push('plain');
  })();
  await Promise.all([awaited, other]);
  t.deepEqual(order, ['durable', 'plain']);
});
