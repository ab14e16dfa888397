import test from 'ava';
import type { WorkerCallback } from '../../driver';
import { meshTest } from '../support/mesh';

/** The error of a worker is the result of the job. */
const ASK = `
activities:
  t: { type: trigger }
  ask: { type: worker, topic: ask }
  fine: { type: hook, job: { maps: { data: '{ask.output.data}' } } }
  bad: { type: hook, job: { maps: { error: '{ask.output.metadata.err}' } } }
transitions:
  t: [{ to: ask }]
  ask:
    - { to: fine }
    - { to: bad, conditions: { code: [500, 598] } }
`;

const cyclic: Error & { self?: Error } = new Error('boom');
cyclic.self = cyclic;
const nothing = () => {
  throw new Error('nothing can be read of it');
};
const unreadable = new Proxy({}, { get: nothing, ownKeys: nothing, getPrototypeOf: nothing });

/** What a worker answers or throws, and what the message of its error tells of it. */
const ANSWERS: Record<string, [answer: () => unknown, told: RegExp]> = {
  code: [() => ({ code: 200n, data: {} }), /returned the code 200n/],
  status: [() => ({ status: 5n }), /returned the status 5n/],
  'a cyclic status': [() => ({ status: cyclic }), /returned the status .*boom/s],
  data: [() => ({ status: 'error', data: 12n }), /^12n$/],
  'the message of an error': [
    () => ({ status: 'error', data: { message: cyclic } }),
    /boom.*Circular/s,
  ],
  'a part of an error': [() => ({ status: 'error', data: { message: 'no', big: 1n } }), /^no$/],
  'a cyclic error that is thrown': [() => Promise.reject(cyclic), /^boom$/],
  'a getter': [
    () => ({
      get status() {
        throw new Error('no status');
      },
    }),
    /^no status$/,
  ],
  'what cannot be read': [() => unreadable, /nothing can be read of it/],
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as users may
  'what cannot be read, thrown': [() => Promise.reject(unreadable), /cannot be read/],
};

for (const [name, [answer, told]] of Object.entries(ANSWERS)) {
  test.serial(`${name} makes the activity fail`, async (t) => {
    const { running } = await meshTest(t);
    const callback = (async () => answer()) as WorkerCallback;
    const mesh = await running(ASK, [{ topic: 'ask', callback }]);
    const { data } = await mesh.pubsub('any', {}, null, 20_000);
    const { message } = JSON.parse((data as { error: string }).error) as { message: string };
    t.regex(message, told);
  });
}

for (const [name, warn] of Object.entries({
  throws: nothing,
  rejects: () => Promise.reject(new Error('no log')),
})) {
  test.serial(`a logger that ${name} changes nothing about the answer`, async (t) => {
    const { running } = await meshTest(t);
    const ignore = () => undefined;
    const logger = { debug: ignore, info: ignore, warn, error: ignore };
    const callback = (async () => ({ odd: 1 })) as unknown as WorkerCallback;
    const mesh = await running(ASK, [{ topic: 'ask', callback }], { logger });
    t.is((await mesh.pubsub('any', {}, null, 20_000)).data, undefined);
  });
}
