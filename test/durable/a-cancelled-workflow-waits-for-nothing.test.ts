import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const ran: string[] = [];
let finish = () => {};
const activities = {
  async running() {
    ran.push('running');
    await new Promise<void>((resolve) => (finish = resolve));
    return 'too late';
  },
  async note(text: string) {
    ran.push(text);
    return text;
  },
};
const { note, running } = workflow.proxyActivities<typeof activities>({ activities });

async function child() {
  return 'child';
}

/** What each kind of call does once cancellation was asked for, and the numbers that it takes. */
async function calling() {
  await workflow.condition('never').catch(() => undefined);
  const outcomes: Record<string, unknown> = {};
  const attempt = async (name: string, call: () => Promise<unknown>) => {
    const { counter } = workflow.workflowInfo();
    const outcome = await call().then(
      () => 'done',
      (error: Error & { type: string }) => `${error.type}: ${error.message}`,
    );
    outcomes[name] = [outcome, workflow.workflowInfo().counter - counter];
  };
  await attempt('proxy', () => note('cancelled'));
  await attempt('sleep', () => workflow.sleep(1));
  await attempt('condition', () => workflow.condition('x', 1));
  await attempt('executeChild', () => workflow.executeChild(child));
  await attempt('continueAsNew', () => workflow.continueAsNew());
  await attempt('signal', () => workflow.signal('nobody'));
  await attempt('startChild', () => workflow.startChild(child));
  await attempt('search', async () => (await workflow.search()).set({ a: 1 }));
  await attempt('shielded', () =>
    workflow.CancellationScope.nonCancellable(() => note('shielded')),
  );
  return outcomes;
}

test.serial(
  '10.10: calls that wait are refused, with their number taken; others go on',
  async (t) => {
    const { connection, client, pool } = await durableTest(t);
    for (const run of [calling, child]) {
      await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
    }
    ran.length = 0;
    const handle = await client.workflow.start(calling, { taskQueue: 'q' });
    await handle.cancel();
    const refused = ['CancelledFailure: Workflow cancelled', 1];
    t.deepEqual<unknown, unknown>(await handle.result(), {
      ...{ proxy: refused, sleep: refused, condition: refused, executeChild: refused },
      ...{ continueAsNew: refused, signal: ['done', 1], startChild: ['done', 1] },
      ...{ search: ['done', 1], shielded: ['done', 1] },
    });
    t.deepEqual(ran, ['shielded']);
    t.is(await handle.status(), 0);
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);

async function guarded(): Promise<string> {
  try {
    return String(await workflow.condition('go'));
  } catch {
    await note('caught');
    return 'swallowed';
  } finally {
    await note('finally');
  }
}

test.serial('10.0.4: no catch or finally runs while a workflow only waits', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const create = () =>
    Durable.Worker.create({ connection, taskQueue: 'q', workflow: guarded, activities });
  ran.length = 0;
  const handle = await client.workflow.start(guarded, { taskQueue: 'q' });
  const isParked = `select from ratchet_internal.messages where kind = 'wait'`;
  for (let pass = 0; pass < 3; pass += 1) {
    const worker = await create();
    await waitFor('it waits', async () => (await pool.query(isParked)).rowCount === 1);
    await worker.stop();
  }
  t.deepEqual([ran.length, await handle.status()], [0, 1]);
  await create();
  await handle.signal('go', 'went');
  t.is(await handle.result(), 'went');
  t.deepEqual(ran, ['finally']);
  const { timeline } = await handle.export({ allow: ['timeline'] });
  t.deepEqual(
    timeline?.map(({ key }) => key),
    ['-wait-1-', '-proxy-2-'],
  );
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

async function impatient() {
  const outcome = await running().catch((error: Error) => error.message);
  finish();
  return [outcome, await workflow.CancellationScope.nonCancellable(() => note('after it'))];
}

test.serial('10.10: an activity that runs is not stopped; its result is dropped', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities);
  async function remote() {
    const pooled = workflow.proxyActivities<typeof activities>({ taskQueue: 'pool' });
    return pooled.running().catch((error: Error) => error.message);
  }
  for (const run of [impatient, remote]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
  ran.length = 0;
  const handle = await client.workflow.start(impatient, { taskQueue: 'q' });
  await waitFor('the activity', () => ran.length === 1);
  await handle.cancel();
  t.deepEqual(await handle.result(), ['Workflow cancelled', 'after it']);
  const far = await client.workflow.start(remote, { taskQueue: 'q' });
  await waitFor('the activity, elsewhere', () => ran.length === 3);
  await far.cancel();
  t.is(await far.result(), 'Workflow cancelled');
  finish();
  await waitFor('nothing is left', async () => {
    return (await pool.query('select from ratchet_internal.messages')).rowCount === 0;
  });
  const late = `select from ratchet.jobs_attributes where value like '%too late%'`;
  t.is((await pool.query(late)).rowCount, 0);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

async function shielded() {
  const kept = await workflow.CancellationScope.nonCancellable(async () => {
    return [await workflow.condition('inside'), await workflow.sleep(1), await note('cleaned')];
  });
  const outside = await workflow.sleep('1 hour').catch((error: Error) => error.message);
  return [...kept, outside];
}

test.serial('10.10: a scope that has begun is not cancelled; what follows it is', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: shielded, activities });
  const handle = await client.workflow.start(shielded, { taskQueue: 'q' });
  const waits = `select from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('it waits', async () => (await pool.query(waits)).rowCount === 1);
  await handle.cancel();
  await handle.signal('inside', 'signalled');
  t.deepEqual(await handle.result(), ['signalled', 0.001, 'cleaned', 'Workflow cancelled']);
  t.is(await handle.status(), 0);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial(
  '10.10, 11.3: what a cancellation has rejected takes and does nothing more',
  async (t) => {
    const { connection, client, pool } = await durableTest(t);
    const scope = workflow.CancellationScope;
    const far = workflow.proxyActivities<typeof activities>({ taskQueue: 'nobody yet' });
    async function left() {
      const reason = { role: 'clerk', type: 'approval' };
      const calls = [
        workflow.condition('shared', reason),
        far.note('too late'),
        workflow.sleep('1 hour'),
        workflow.executeChild({ workflowName: 'child', taskQueue: 'nobody yet', args: [] }),
      ];
      const outcomes = await Promise.allSettled(calls);
      const again = await scope.nonCancellable(() => workflow.condition('shared'));
      return [...new Set(outcomes.map(({ status }) => status)), again];
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: left, activities });
    ran.length = 0;
    const handle = await client.workflow.start(left, { taskQueue: 'q' });
    const open = async () =>
      (
        await pool.query(`select kind from ratchet_internal.messages m
        where position > 0 and job_id = (select min(id) from ratchet.jobs) order by 1`)
      ).rows.map(({ kind }: { kind: string }) => kind);
    await waitFor('its steps', async () => (await open()).length === 4);
    await handle.cancel();
    await waitFor('the wait of the clean-up', async () => (await open()).join() === 'wait');
    const [task] = await client.escalations.list({ role: 'clerk' });
    t.is(task?.status, 'cancelled');
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
    await Durable.registerActivityWorker({ connection, taskQueue: 'nobody yet' }, activities);
    await handle.signal('shared', 'mine');
    t.deepEqual(await handle.result(), ['rejected', 'mine']);
    t.deepEqual(ran, []);
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);

test.serial('10.10: a failing activity is not tried again', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  let attempts = 0;
  const broken = {
    async broken() {
      attempts += 1;
      throw new Error('broken');
    },
  };
  const proxied = workflow.proxyActivities<typeof broken>({
    activities: broken,
    retry: { maximumAttempts: 50, initialInterval: '300ms', backoffCoefficient: 1 },
  });
  async function trying() {
    await proxied.broken().catch(() => undefined);
    const before = attempts;
    await workflow.CancellationScope.nonCancellable(() => workflow.sleep('1 second'));
    return attempts - before;
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: trying });
  const handle = await client.workflow.start(trying, { taskQueue: 'q' });
  await waitFor('the second attempt', () => attempts === 2);
  await handle.cancel();
  t.is(await handle.result(), 0);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('10.10, 25: a function that would be run again later is run at once', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  async function failsFirst() {
    ran.push('run');
    if (ran.length === 1) throw new Error('at first');
    return workflow.sleep('1 hour').catch((error: Error) => error.message);
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: failsFirst });
  ran.length = 0;
  const config = { initialInterval: '1 hour' };
  const handle = await client.workflow.start(failsFirst, { taskQueue: 'q', config });
  const delayed = `select from ratchet_internal.messages where worker_id is null and attempt > 0`;
  await waitFor('its delay', async () => (await pool.query(delayed)).rowCount === 1);
  await handle.cancel();
  t.is(await handle.result(), 'Workflow cancelled');
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
