import test from 'ava';
import { Durable } from '../../driver';
import { testEnvironment } from '../../driver/testing';

// The server of the test run, where there is one: a start of another costs a second.
const cluster = process.env['PGRATCHET_TEST_CLUSTER'];
const server =
  cluster === undefined ? {} : { server: (JSON.parse(cluster) as { url: string }).url };

type Activities = { charge(id: string): Promise<string>; remind(id: string): Promise<void> };
const { charge, remind } = Durable.workflow.proxyActivities<Activities>({ taskQueue: 'billing' });

async function subscription(id: string): Promise<string> {
  await remind(id);
  for (let day = 0; day < 3; day += 1) await Durable.workflow.sleep('10 days');
  const answer = await Durable.workflow.condition<string>(`keep-${id}`, '7 days');
  return `${await charge(id)}, ${answer === false ? 'no answer' : answer}`;
}

const bill = (env: Awaited<ReturnType<typeof testEnvironment>>, workflowId: string) =>
  env.client.workflow.start(subscription, {
    ...{ taskQueue: 'subscription', workflowId, args: [workflowId] },
  });

test.serial(
  'test kit: sleeps and timeouts pass at once; mocks are called; the history is told',
  async (t) => {
    const env = await testEnvironment(server);
    const calls = env.mock({ charge: async () => 'paid', remind: async () => undefined });
    await env.worker(subscription, { activityQueues: ['billing'] });
    const began = await env.now();
    const handle = await bill(env, 'a');
    t.is(await handle.result(), 'paid, no answer');
    const days = ((await env.now()).getTime() - began.getTime()) / 86_400_000;
    t.true(days >= 37 && days < 37.1, `${days} days`);
    t.deepEqual(calls, { charge: [['a']], remind: [['a']] });
    const history = ['activity remind', 'sleep', 'sleep', 'sleep', 'wait keep-a failed'];
    await env.assertHistory(handle, [...history, 'activity charge']);
    await t.throwsAsync(env.assertHistory(handle, ['activity charge']), { code: 'ERR_ASSERTION' });
    await env.stop();
  },
);

test.serial(
  'test kit: time passes only as far as it is let; signals come in between',
  async (t) => {
    const env = await testEnvironment({
      ...server,
      activities: { charge: async () => 'paid', remind: async () => undefined },
    });
    await env.worker(subscription, { activityQueues: ['billing'] });
    const handle = await bill(env, 'b');
    await env.idle();
    await env.assertHistory(handle, ['activity remind', 'sleep open']);
    await env.sleep('25 days');
    await env.assertHistory(handle, ['activity remind', 'sleep', 'sleep', 'sleep open']);
    await env.sleep('5 days');
    t.regex((await env.why()).join(), /waits for signal keep-b/);
    await handle.signal('keep-b', 'yes');
    t.is(await handle.result(), 'paid, yes');
    await env.stop();
  },
);

test.serial('test kit: leases survive jumps, and retries wait for nobody', async (t) => {
  const env = await testEnvironment(server);
  let fails = 2;
  env.mock({
    charge: async () => {
      if ((fails -= 1) >= 0) throw new Error('busy');
      return 'paid at last';
    },
    remind: async () => undefined,
  });
  await env.worker(subscription, { activityQueues: ['billing'], options: { leaseSeconds: 1 } });
  const handles = await Promise.all(['c', 'd', 'e'].map((id) => bill(env, id)));
  const results = await Promise.all(handles.map((handle) => handle.result()));
  t.deepEqual(new Set(results), new Set(['paid at last, no answer']));
  const { rows } = await import('pg').then(async ({ Client }) => {
    const client = new Client(env.connection.options);
    await client.connect();
    const found = await client.query('select max(id) as last from ratchet_internal.workers');
    await client.end();
    return found;
  });
  t.is(rows[0].last, '1'); // the worker has never lost its lease
  await env.stop();
});

test.serial('test kit: a mock that is taken back gives its place to the one before', async (t) => {
  const pay = () => charge('x');
  const mocked = (name: string) => ({ ...server, activities: { charge: async () => name } });
  const first = await testEnvironment(mocked('first'));
  const second = await testEnvironment(mocked('second'));
  const options = { taskQueue: 'pay', activityQueues: ['billing'] };
  const real = { charge: async () => 'the real one' };
  await Durable.registerActivityWorker(
    { connection: first.connection, taskQueue: 'billing' },
    real,
  );
  await first.worker({ pay }, options);
  const paid = async () => {
    const handle = await first.client.workflow.start({ workflowName: 'pay', taskQueue: 'pay' });
    return handle.result();
  };
  t.is(await paid(), 'second');
  await second.stop();
  t.is(await paid(), 'first');
  await first.stop();
});

async function reviewer() {
  await Durable.workflow.sleep('1 day');
  await Durable.workflow.signal('reviewed', true);
}

async function renewed(year: number): Promise<string> {
  const { workflow } = Durable;
  if (year > 1) return charge('renewed');
  if (year === 1) {
    await workflow.hook({ taskQueue: 'reviewer', workflowName: 'reviewer', args: [] });
    await workflow.condition('reviewed');
  }
  const search = await workflow.search();
  await search.set({ year: String(year) });
  return workflow.continueAsNew(year + 1);
}

test.serial('test kit: the history tells every generation, and every hook', async (t) => {
  const env = await testEnvironment({ ...server, activities: { charge: async () => 'paid' } });
  await env.worker(reviewer);
  await env.worker(renewed, { activityQueues: ['billing'] });
  const handle = await env.client.workflow.start(renewed, { taskQueue: 'renewed', args: [0] });
  t.is(await handle.result(), 'paid');
  const first = ['search.set', 'continue'];
  const second = ['hook reviewer', 'wait reviewed', 'search.set', 'continue'];
  const hook = ['hook 1: sleep', 'hook 1: signal reviewed'];
  await env.assertHistory(handle, [...first, ...second, 'activity charge', ...hook]);
  await t.throwsAsync(env.assertHistory(handle, first), { code: 'ERR_ASSERTION' });
  await env.stop();
});

function tick(): string {
  return Durable.workflow.workflowInfo().workflowId;
}

test.serial('test kit: a schedule runs its year', async (t) => {
  const env = await testEnvironment(server);
  await env.worker(tick);
  const { schedule } = env.client;
  await schedule.create({ scheduleId: 'monthly', workflow: tick, cron: '0 9 1 * *' });
  await env.sleep('366 days');
  t.is((await schedule.get('monthly'))?.runCount, 12);
  t.is((await schedule.get('monthly'))?.lastState, 'done');
  await env.stop();
});

test.serial('test kit: who waits for what never comes is told why', async (t) => {
  const env = await testEnvironment(server);
  const forever = { forever: () => Durable.workflow.condition('godot') };
  await env.worker(forever);
  const handle = await env.client.workflow.start({
    ...{ workflowName: 'forever', taskQueue: 'forever', workflowId: 'w' },
  });
  const error = await t.throwsAsync(handle.result(), { code: 'WF504' });
  t.regex(String((error as { hint?: string }).hint), /w: 1 godot waits for signal godot|godot/);
  await env.stop();
});

test.serial('test kit: wrong options and arguments are refused by their names', async (t) => {
  const made: [object, RegExp][] = [
    [{ serverr: 'x' }, /serverr/],
    [{ server: {} }, /server/],
    [{ server: 'nowhere' }, /server/],
    [{ activities: 'x' }, /activities/],
    [{ activities: { charge: 5 } }, /charge/],
    [{ warnNondeterminism: 'no' }, /warnNondeterminism/],
  ];
  for (const [options, message] of made) {
    await t.throwsAsync(testEnvironment(options as never), { code: 'WF104', message });
  }
  const env = await testEnvironment(server);
  const served: [unknown, unknown, RegExp][] = [
    [tick, { taskQueu: 'x' }, /taskQueu/],
    [tick, { activityQueues: 'far' }, /activityQueues/],
    [tick, null, /options of worker/],
    ...[5, null, {}, { tick: 5 }, undefined].map((workflow): [unknown, unknown, RegExp] => [
      workflow,
      {},
      /workflow/,
    ]),
  ];
  for (const [workflow, options, message] of served) {
    const worker = env.worker(workflow as typeof tick, options as object);
    await t.throwsAsync(worker, { code: 'WF104', message });
  }
  for (const mocks of [{ charge: 5 }, 'x', undefined]) {
    t.throws(() => env.mock(mocks as never), { code: 'WF104' });
  }
  for (const job of [undefined, {}, 5, '']) {
    await t.throwsAsync(env.history(job as never), { code: 'WF101', message: /workflowId/ });
  }
  await t.throwsAsync(env.assertHistory('x', 'sleep' as never), { code: 'WF104' });
  await env.stop();
  await env.stop();
  const late = [() => env.worker(tick), () => env.now(), () => env.idle(), () => env.sleep(1)];
  for (const call of [...late, () => env.why(), () => env.history('x')]) {
    await t.throwsAsync(call(), { code: 'WF303', message: /stopped/ });
  }
  t.throws(() => env.mock({}), { code: 'WF303' });
});
