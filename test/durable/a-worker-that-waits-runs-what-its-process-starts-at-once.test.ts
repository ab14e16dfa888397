import { AsyncLocalStorage } from 'node:async_hooks';
import test, { type ExecutionContext } from 'ava';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';
import { gone, metConnection } from '../support/met-connection';

const SHARED = { taskQueue: 'eager', workflowName: 'counted' };

/** What becomes of the answer to a statement: it is lost, with the connection, or comes late. */
type Fate = (name: string) => 'lost' | 'late' | undefined;

const LATE_MS = 500;

/** A connection that carries statements out, and answers some late or never. */
function fateful(url: string, fateOf: Fate) {
  return metConnection(url, ({ statement, client, answer, carryOut }) => {
    const fate = fateOf(statement.name ?? '');
    if (fate === undefined) return false;
    const lose = () => {
      void client.end();
      answer(gone());
    };
    const wait = (...results: unknown[]) => void setTimeout(answer, LATE_MS, ...results);
    carryOut(fate === 'lost' ? lose : wait);
    return true;
  });
}

/**
 * A process that starts workflows and runs them, from when on it has claimed one as it started it.
 * `runs` are the ids of those that ran, `holders` whether each was claimed so, `held` how many the
 * worker held then.
 */
async function startAndRun(
  t: ExecutionContext,
  fateOf: Fate = () => undefined,
  starter = new AsyncLocalStorage<string>(),
  options: { maxTurns?: number } = {},
) {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const fates: { of: Fate } = { of: () => undefined };
  const connection = fateful(url, (name) => fates.of(name));
  const runs: string[] = [];
  const holders: (boolean | undefined)[] = [];
  const seen: (string | undefined)[] = [];
  const held: (string | undefined)[] = [];
  const note = async (id: string) => {
    runs.push(id);
    seen.push(starter.getStore());
    // What was claimed later is dated later.
    const { rows } = await pool.query<{ at_once: boolean; held: string }>(
      `select m.due_at = j.created_at as at_once,
        (select count(*) from ratchet_internal.messages where worker_id = m.worker_id) as held
        from ratchet.jobs j join ratchet_internal.messages m on m.job_id = j.id where j.key = $1`,
      [id],
    );
    holders.push(rows[0]?.at_once);
    held.push(rows[0]?.held);
    if (id === 'stopped') await pool.query('select ratchet.terminate($1)', [id]);
    return id;
  };
  const steps = Durable.workflow.proxyActivities<{ note: typeof note }>({ activities: { note } });
  const counted = async (id: string) => {
    seen.push(starter.getStore());
    return steps.note(id);
  };
  const to = { connection, taskQueue: 'eager' };
  const worker = await Durable.Worker.create({ ...to, workflow: counted, options });
  const client = new Durable.Client({ connection });
  const start = (id: string) => client.workflow.start({ ...SHARED, workflowId: id, args: [id] });
  const run = async (id: string) => (await start(id)).result();
  for (let i = 0; i < 200 && holders.at(-1) !== true; i += 1) await run(`before-${i}`);
  t.true(holders.at(-1), 'the worker takes what is started');
  runs.length = 0;
  holders.length = 0;
  seen.length = 0;
  held.length = 0;
  fates.of = fateOf;
  return { pool, worker, start, run, runs, holders, seen, held };
}

test.serial('it is claimed by the commit that starts it', async (t) => {
  const { run, runs, holders } = await startAndRun(t);
  for (const id of ['a', 'b', 'c']) t.is(await run(id), id);
  t.deepEqual(runs, ['a', 'b', 'c']);
  t.deepEqual(holders, [true, true, true]);
});

test.serial('it runs outside of what its starter does', async (t) => {
  const starter = new AsyncLocalStorage<string>();
  const { run, holders, seen } = await startAndRun(t, () => undefined, starter);
  t.is(await starter.run('a transaction', () => run('apart')), 'apart');
  t.deepEqual(holders, [true]);
  t.deepEqual(seen, [undefined, undefined], 'by the function, and by its step');
});

test.serial('whoever waits hears of a job that was stopped, not of its return', async (t) => {
  const { run, runs } = await startAndRun(t);
  await t.throwsAsync(run('stopped'), { message: /interrupted/ });
  t.is(await run('after'), 'after');
  t.deepEqual(runs, ['stopped', 'after']);
});

test.serial('many at once run once each, whoever claims them', async (t) => {
  const { run, runs } = await startAndRun(t);
  const ids = Array.from({ length: 300 }, (_, i) => `many-${i}`);
  t.deepEqual(await Promise.all(ids.map(run)), ids);
  t.deepEqual([...runs].sort(), [...ids].sort());
});

test.serial('one start that is on its way keeps the place that it will take', async (t) => {
  const alone = { maxTurns: 1 };
  const { run, holders, held } = await startAndRun(t, undefined, undefined, alone);
  for (let round = 0; round < 20; round += 1) {
    const ids = ['a', 'b', 'c'].map((id) => `${id}-${round}`);
    t.deepEqual(await Promise.all(ids.map(run)), ids);
  }
  t.true(holders.includes(true), 'some are claimed as they are started');
  t.deepEqual([...new Set(held)], ['1']);
});

test.serial('when the answer is lost the job is started once, and runs once', async (t) => {
  let lost = 0;
  const { run, runs } = await startAndRun(t, (name) => {
    return name === 'ratchet_start_eagerly' && (lost += 1) % 2 === 1 ? 'lost' : undefined;
  });
  for (const id of ['a', 'b', 'c', 'd']) t.is(await run(id), id);
  t.true(lost > 0);
  t.deepEqual(runs, ['a', 'b', 'c', 'd']);
});

test.serial('while the answer is on its way nobody runs it for being held', async (t) => {
  let [starts, reports] = [0, 0];
  const { run, runs } = await startAndRun(t, (name) => {
    if (name === 'ratchet_start_eagerly') return (starts += 1) === 2 ? 'late' : undefined;
    return name === 'ratchet_exchange_step_end' && (reports += 1) === 1 ? 'lost' : undefined;
  });
  const both = [run('reported'), run('started')];
  t.deepEqual(await Promise.all(both), ['reported', 'started']);
  t.deepEqual([...runs].sort(), ['reported', 'started']);
});

test.serial('when answers to its exchanges are lost meanwhile, it runs once', async (t) => {
  let count = 0;
  const { run, runs } = await startAndRun(t, (name) => {
    if (!name.startsWith('ratchet_')) return undefined;
    count += 1;
    return count < 100 && count % 7 === 0 ? 'lost' : undefined;
  });
  const ids = Array.from({ length: 40 }, (_, i) => `lost-${i}`);
  t.deepEqual(await Promise.all(ids.map(run)), ids);
  t.deepEqual([...runs].sort(), [...ids].sort());
});

test.serial('a worker that has stopped takes nothing more', async (t) => {
  const { pool, worker, start } = await startAndRun(t);
  await worker.stop();
  await start('left');
  const { rows } = await pool.query('select worker_id from ratchet_internal.messages');
  t.deepEqual(rows, [{ worker_id: null }]);
});
