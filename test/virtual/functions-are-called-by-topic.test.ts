import test from 'ava';
import { Durable, RatchetError, Virtual } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor, within } from '../support/wait-for';

const AT_ONCE = { maximumAttempts: 3, backoffCoefficient: 0 };
const silent = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no rejection',
    (error: unknown) => error,
  );

test.serial('engine 13: exec runs what serves the topic and returns its value', async (t) => {
  const { connection } = await durableTest(t);
  const served = await Virtual.connect({
    ...{ connection, topic: 'math.add', guid: 'me' },
    callback: async (a: number, b: number) => ({ sum: a + b }),
  });
  t.deepEqual(served, { guid: 'me', namespace: 'hmsh', topic: 'math.add' });
  await Virtual.connect({ connections: connection, topic: 'nothing', callback: () => undefined });
  t.deepEqual(await Virtual.exec({ connection, topic: 'math.add', args: [2, 3] }), { sum: 5 });
  t.is(await Virtual.exec({ connection, topic: 'nothing', args: [] }), undefined);
  // The same topic in another namespace is another function.
  const other = { connection, topic: 'math.add', namespace: 'other' };
  await Virtual.connect({ ...other, callback: () => 'other' });
  t.is(await Virtual.exec({ ...other, args: [2, 3] }), 'other');
  t.deepEqual(await Virtual.exec({ connection, topic: 'math.add', args: [1, 1] }), { sum: 2 });
});

test.serial('engine 13: an id with a ttl keeps the response; flush deletes it', async (t) => {
  const { connection, pool } = await durableTest(t);
  let runs = 0;
  await Virtual.connect({ connection, topic: 'count', callback: () => (runs += 1) });
  const exec = (options: object) =>
    Virtual.exec({ connection, topic: 'count', args: [], options: { id: 'one', ...options } });
  t.is(await exec({ ttl: '1 day' }), 1);
  t.is(await exec({ ttl: '1 day' }), 1);
  t.is(await exec({ ttl: '1 day', flush: true }), 2);
  await Virtual.flush({ connection, topic: 'count', options: { id: 'one' } });
  t.is(await exec({ ttl: 60 }), 3);
  await Virtual.flush({ connection, topic: 'count', id: 'one' });
  await Virtual.flush({ connection, topic: 'count', id: 'unknown' });
  // Without a ttl nothing is looked up: the id is taken while its job is kept, for a second.
  t.is(await exec({}), 4);
  t.like(await silent(exec({})), { message: 'Duplicate job: one' });
  await pool.query(`update ratchet.jobs set finished_at = finished_at - interval '2 seconds'`);
  t.is(await exec({}), 5);
  // A call under way is waited for, not run again.
  await Virtual.flush({ connection, topic: 'count', id: 'one' });
  const both = await Promise.all([exec({ ttl: 60 }), exec({ ttl: 60 })]);
  t.deepEqual(both, [6, 6]);
});

test.serial(
  'engine 13: a failing call is tried three times, and rejects with its error',
  async (t) => {
    const { connection } = await durableTest(t);
    const attempts: number[] = [];
    const guids = new Set<string>();
    await Virtual.connect({
      ...{ connection, topic: 'fails', retry: AT_ONCE },
      callback: () => {
        const { attempt, guid } = Virtual.getContext();
        attempts.push(attempt);
        guids.add(guid);
        throw Object.assign(new Error('no'), { code: 402 });
      },
    });
    const options = { id: 'sad', ttl: 60 };
    const call = () => silent(Virtual.exec({ connection, topic: 'fails', args: [], options }));
    t.like(await call(), { error: { message: 'no', code: 402 }, job_id: 'sad' });
    t.deepEqual(attempts, [1, 2, 3]);
    t.is(guids.size, 1);
    // What is kept of it is its error.
    t.like(await call(), { error: { message: 'no', code: 402 }, job_id: 'sad' });
    t.is(attempts.length, 3);
    await Virtual.connect({
      ...{ connection, topic: 'fails once', retryPolicy: { maximumAttempts: 1 } },
      callback: () => {
        attempts.push(9);
        throw new Error('plain');
      },
    });
    const once = await silent(Virtual.exec({ connection, topic: 'fails once', args: [] }));
    t.like(once, { error: { message: 'plain', code: 500 } });
    t.deepEqual(attempts, [1, 2, 3, 9]);
  },
);

test.serial(
  'engine 13: getContext tells a callback of its call, and throws elsewhere',
  async (t) => {
    const { connection } = await durableTest(t);
    await Virtual.connect({ connection, topic: 'ctx', callback: () => Virtual.getContext() });
    const options = { id: 'known' };
    t.like(await Virtual.exec<object>({ connection, topic: 'ctx', args: [], options }), {
      ...{
        topic: 'ctx',
        workflowId: 'known',
        workflowName: 'hmsh.call',
        dimension: '',
        attempt: 1,
      },
    });
    t.throws(() => Virtual.getContext(), { code: 'WF303' });
  },
);

test.serial(
  'engine 13: a repeating call runs so often, one run after the end of the other',
  async (t) => {
    const { connection, pool } = await durableTest(t);
    const seen: string[] = [];
    const cron = (options: object) =>
      Virtual.cron({
        ...{ connection, topic: 'pulse', args: ['x'] },
        options: { id: 'pulse-1', interval: '1 second', ...options },
      });
    const callback = (text: string) => {
      const { workflowId, workflowName, dimension } = Virtual.getContext();
      seen.push([text, workflowId, workflowName].join(' '));
      t.regex(dimension, /^\d{4}-.*Z$/);
    };
    const served = { connection, topic: 'pulse', callback, args: ['x'] };
    t.true(
      await Virtual.cron({ ...served, options: { id: 'pulse-1', interval: '1s', maxCycles: 2 } }),
    );
    t.false(await cron({ maxCycles: 2 }));
    await waitFor('both runs', () => seen.length >= 2);
    await waitFor('its end', () => cron({ delay: '1 hour' }));
    t.deepEqual(seen, ['x pulse-1 hmsh.cron', 'x pulse-1 hmsh.cron']);
    const { rows } = await pool.query(
      `select created_at, finished_at from ratchet.jobs order by id`,
    );
    t.true(rows[1].created_at - rows[0].finished_at >= 1_000);
    const named = { connection, topic: 'pulse', options: { id: 'pulse-1' } };
    t.true(await Virtual.interrupt(named));
    t.false(await Virtual.interrupt(named));
  },
);

test.serial(
  'engine 13: a failed run is the last; a run under way is stopped by interrupt',
  async (t) => {
    const { connection, pool } = await durableTest(t);
    const attempts: number[] = [];
    const options = { id: 'doomed', interval: '1s' };
    const retry = { maximumAttempts: 3, backoffCoefficient: 0 };
    const callback = () => {
      attempts.push(Virtual.getContext().attempt);
      throw new Error('no');
    };
    await Virtual.cron({ connection, topic: 'doomed', args: [], callback, retry, options });
    const state = async () => (await pool.query('select state from ratchet.schedule_status')).rows;
    await waitFor('its end', async () => /^ended/.test((await state())[0]?.state ?? ''));
    t.deepEqual(attempts, [1, 2, 3]);

    let begun = false;
    const endless = () => {
      begun = true;
      return new Promise(() => undefined);
    };
    const long = { connection, topic: 'long', args: [], options: { id: 'long', interval: '1s' } };
    await Virtual.cron({ ...long, callback: endless });
    await waitFor('the run', () => begun);
    t.true(await Virtual.interrupt({ connection, topic: 'long', id: 'long' }));
    const { rows } = await pool.query(`select status from ratchet.jobs where key like 'long@%'`);
    t.true(rows.every(({ status }) => status < 0));
  },
);

test.serial('engine 13: a cron expression runs at its ticks; delay is ignored', async (t) => {
  const { connection } = await durableTest(t);
  const seen: string[] = [];
  const callback = () => void seen.push(Virtual.getContext().dimension);
  const options = { id: 'ticks', interval: '* * * * * *', delay: '1 hour', maxCycles: 2 };
  await Virtual.cron({ connection, topic: 'ticks', args: [], callback, options });
  await within(
    'two ticks',
    waitFor('both', () => seen.length >= 2),
  );
  t.is(new Set(seen).size, 2);
});

test.serial('engine 13: bad input names the option', async (t) => {
  const { connection } = await durableTest(t);
  const callback = () => 1;
  const refused = async (call: Promise<unknown>, text: RegExp) => {
    const error = await t.throwsAsync(call, { instanceOf: RatchetError });
    t.regex(`${error.message} ${error.hint}`, text);
  };
  const place = { connection, topic: 'x' };
  const cron = (interval: string) =>
    Virtual.cron({ ...place, args: [], options: { id: 'x', interval } });
  await refused(Virtual.connect({ ...place, callBack: callback } as never), /'callback'/);
  await refused(Virtual.connect({ ...place, callback: 1 as never }), /callback is not a function/);
  await refused(Virtual.connect({ connection, topic: '', callback }), /topic/);
  await refused(Virtual.connect({ topic: 'x', callback }), /connection/);
  const retry = { maximumAttempts: 0 };
  await refused(Virtual.connect({ ...place, callback, retry }), /maximumAttempts is 0/);
  await refused(Virtual.exec({ ...place, args: 'a' as never }), /args is not an array/);
  const misspelt = { ...place, args: [], options: { TTL: 1 } as never };
  await refused(Virtual.exec(misspelt), /Did you mean 'ttl'/);
  await refused(Virtual.flush(place), /id/);
  for (const interval of ['soon', '* * *', '61 * * * *']) {
    await refused(
      cron(interval),
      new RegExp(`^Invalid cron/interval expression: ${interval.replaceAll('*', '\\*')} `),
    );
  }
});

test.serial(
  'engine 13: after shutdown nothing is served, and a call goes on when it is again',
  async (t) => {
    const { connection } = await durableTest(t);
    const callback = (name: string) => `hello ${name}`;
    await Virtual.connect({ connection, topic: 'greet', callback });
    await Virtual.shutdown();
    const answer = Virtual.exec({ connection, topic: 'greet', args: ['Ada'] });
    await Virtual.connect({ connection, topic: 'greet', callback });
    t.is(await answer, 'hello Ada');
  },
);

test.serial('engine 13: interceptors see the arguments of a call, and no more', async (t) => {
  const { connection } = await durableTest(t);
  t.teardown(() => Durable.clearInterceptors());
  const seen: unknown[] = [];
  Durable.registerInboundInterceptor({ execute: (_context, next) => next() });
  Durable.registerActivityInboundInterceptor({
    async execute(name, args, next) {
      seen.push(name, [...args], Virtual.getContext().topic);
      args[0] = 'changed';
      return next();
    },
  });
  const callback = (word: string) => [word, Virtual.getContext().topic];
  const place = { connection, topic: 'seen' };
  await Virtual.connect({ ...place, callback });
  t.deepEqual(await Virtual.exec({ ...place, args: ['given'] }), ['changed', 'seen']);
  t.deepEqual(seen, ['virtual/hmsh/seen', ['given'], 'seen']);
});
