import test from 'ava';
import type { StreamData } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor, within } from '../support/wait-for';

/** One worker, and a branch for each code that it may answer with. */
const BRANCHES = `
activities:
  t: { type: trigger }
  ask:
    type: worker
    topic: ask
    input: { maps: { way: '{t.output.data.way}' } }
    retry: { '503': [1] }
  fine: { type: hook, job: { maps: { fine: '{ask.output.data.v}' } } }
  odd: { type: hook, job: { maps: { odd: '{ask.output.data.v}' } } }
  later: { type: hook, job: { maps: { later: '{ask.output.data.v}' } } }
  bad: { type: hook, job: { maps: { bad: '{ask.output.metadata.err}' } } }
transitions:
  t: [{ to: ask }]
  ask:
    - { to: fine, conditions: { code: 200 } }
    - { to: odd, conditions: { code: 207 } }
    - { to: later, conditions: { code: 202 } }
    - { to: bad, conditions: { code: [418, 598, 503] } }
`;

/** What the worker does for each way it is asked. */
const ways: Record<string, (message: StreamData) => unknown> = {
  data: () => ({ data: { v: 1 } }),
  metadata: ({ metadata }) => ({ metadata, data: { v: 2 } }),
  code: () => ({ code: 207, data: { v: 3 } }),
  empty: () => ({}),
  pending: () => ({ status: 'pending', code: 202, data: { v: 4 } }),
  error: () => ({ status: 'error', code: 418, data: { message: 'a teapot', pot: 1 } }),
  throws: () => {
    throw Object.assign(new TypeError('thrown'), { code: 418 });
  },
  uncaught: () => {
    throw new Error('nobody takes 500');
  },
  text: () => 'text',
  list: () => [1],
  status: () => ({ status: 'perhaps' }),
  accepted: () => ({ code: 202, data: { v: 4 } }),
  contradicting: () => ({ status: 'success', code: 202, data: {} }),
  processing: () => ({ code: 102, data: {} }),
  badCode: () => ({ code: 'many', data: {} }),
  unwritable: () => ({ data: { v: 1n } }),
  retried: ({ metadata }) => ({
    status: 'error',
    code: 503,
    data: { message: `try ${metadata.try}` },
  }),
};

const callback = async (message: StreamData) =>
  ways[message.data.way as string]?.(message) as never;

test.serial('what a callback returns or throws decides where the graph goes on', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(BRANCHES, [{ topic: 'ask', callback }]);
  const ask = async (way: string) =>
    (await mesh.pubsub('any', { way }, null, 20_000)).data as object | undefined;
  t.deepEqual(await ask('data'), { fine: 1 });
  t.deepEqual(await ask('metadata'), { fine: 2 });
  t.deepEqual(await ask('code'), { odd: 3 });
  t.is(await ask('empty'), undefined);
  const errorOf = async (way: string) =>
    JSON.parse(((await ask(way)) as { bad: string }).bad) as { message: string; code: number };
  t.like(await errorOf('error'), { message: 'a teapot', code: 418, pot: 1 });
  t.like(await errorOf('throws'), { message: 'thrown', code: 418, name: 'TypeError' });
  t.regex((await errorOf('text')).message, /worker of ask returned a string; return \{ data/);
  t.like(await errorOf('list'), {
    code: 598,
    message: 'The worker of ask returned a list; return { data: { … } }, or nothing.',
  });
  t.regex((await errorOf('status')).message, /the status "perhaps"/);
  t.regex((await errorOf('badCode')).message, /the code "many"/);
  t.regex((await errorOf('contradicting')).message, /success with 202, the code of pending/);
  t.regex((await errorOf('processing')).message, /the code 102/);
  t.like(await errorOf('retried'), { message: 'try 1', code: 503 });

  type Failure = Error & { error: { error: object; job_id: string } };
  const failed = await t.throwsAsync<Failure>(async () => {
    try {
      await ask('uncaught');
    } catch (error) {
      throw Object.assign(new Error('rejected'), { error });
    }
  });
  t.like(failed?.error.error, { message: 'nobody takes 500', code: 500 });
  t.is(await mesh.getStatus(failed?.error.job_id ?? ''), 0);
  await t.throwsAsync(
    async () => {
      try {
        await ask('unwritable');
      } catch (error) {
        throw new Error((error as { error: { message: string } }).error.message);
      }
    },
    { message: /BigInt/ },
  );
});

for (const way of ['pending', 'accepted']) {
  test.serial(`an answer that is ${way} keeps the activity open until add`, async (t) => {
    const { running } = await meshTest(t);
    const seen: StreamData[] = [];
    const mesh = await running(BRANCHES, [
      {
        topic: 'ask',
        callback: async (message) => (seen.push(message), ways[way]?.(message) as never),
      },
    ]);
    const id = await mesh.pub('any', { way });
    const state = await waitFor('the pending answer is worked in', async () => {
      const { data } = await mesh.getState('any', id);
      return data?.later === 4 && data;
    });
    t.deepEqual(state, { later: 4 });
    t.is(await mesh.getStatus(id), 1);
    const metadata = seen[0]?.metadata;
    await mesh.add({ metadata, data: { v: 9 } });
    await waitFor('the job ends', async () => (await mesh.getStatus(id)) === 0);
    t.deepEqual((await mesh.getState('any', id)).data, { later: 4, fine: 9 });
    t.like(metadata, { jid: id, aid: 'ask', topic: 'ask', wfn: 'any', dad: ',0,0' });
  });
}

test.serial('an activity whose callback returns nothing waits for add', async (t) => {
  const { running } = await meshTest(t);
  const seen: StreamData[] = [];
  const mesh = await running(BRANCHES, [
    { topic: 'ask', callback: async (message) => void seen.push(message) },
  ]);
  const result = mesh.pubsub('any', { way: 'nothing' }, null, 20_000);
  await waitFor('the worker was asked', () => seen.length === 1);
  await waitFor('its message is consumed', async () => {
    try {
      await mesh.add({ metadata: seen[0]?.metadata, data: { v: 5 } });
      return true;
    } catch {
      return false;
    }
  });
  t.deepEqual((await within('the answer', result)).data, { fine: 5 });
  t.is(seen.length, 1);
});

test.serial('a worker retries as its policy says: total executions, one guid', async (t) => {
  const { running } = await meshTest(t);
  const seen: StreamData[] = [];
  const mesh = await running(BRANCHES, [
    {
      topic: 'ask',
      retryPolicy: { maximumAttempts: 3, backoffCoefficient: 0.01 },
      callback: async (message) => {
        seen.push(message);
        if (seen.length < 3) throw new Error('not yet');
        return { data: { v: seen.length } };
      },
    },
  ]);
  t.deepEqual((await mesh.pubsub('any', {}, null, 20_000)).data, { fine: 3 });
  t.deepEqual(
    seen.map(({ metadata }) => metadata.try),
    [undefined, 1, 2],
  );
  t.is(new Set(seen.map(({ metadata }) => metadata.guid)).size, 1);
});

test.serial(
  'an answer that means nothing is not asked for again, whatever the policy',
  async (t) => {
    const { running } = await meshTest(t);
    let calls = 0;
    const retryPolicy = { maximumAttempts: 3, backoffCoefficient: 0.01 };
    const answerless = async () => ((calls += 1), 'text' as never);
    const mesh = await running(BRANCHES, [{ topic: 'ask', retryPolicy, callback: answerless }]);
    const { data } = await mesh.pubsub('any', {}, null, 20_000);
    t.regex((data as { bad: string }).bad, /returned a string/);
    t.is(calls, 1);
  },
);

test.serial('a rejection tells its job and its error, whatever is in that', async (t) => {
  const { running } = await meshTest(t);
  const data = { message: 'outer', error: { inner: 1 }, job_id: 'another', pot: 2 };
  const callback = async () => ({ status: 'error', code: 500, data });
  const mesh = await running(BRANCHES, [{ topic: 'ask', callback }]);
  const rejection: unknown = await mesh.pubsub('any', {}, null, 20_000).catch((error) => error);
  const { error, job_id: job, pot } = rejection as Record<string, unknown>;
  t.like(error, data);
  t.is(pot, 2);
  t.is(await mesh.getStatus(job as string), 0);
});
