import test from 'ava';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

const strip = (namespace: string, isKeepingHooks = false) =>
  sql.rows(
    `select marked, attributes from ratchet.prune_jobs($1, p_jobs => false, p_attributes => true,
      p_is_keeping_hooks => $2)`,
    [[namespace], isKeepingHooks],
  );
const broken = () => sql.rows('select * from ratchet.check_invariants()');

test.serial('a graph keeps its data, and nothing of what ran', async (t) => {
  const hold = { type: 'hook', job: { maps: { by: '{start.output.data.by}' } } };
  const app = await graphApp(
    sql,
    {
      subscribes: 'parent',
      activities: {
        start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        call: { type: 'await', topic: 'child', await: false },
        hold,
      },
      transitions: { start: [{ to: 'call' }], call: [{ to: 'hold' }] },
    },
    {
      subscribes: 'child',
      activities: { begin: { type: 'trigger' }, work: { type: 'worker', topic: 'work' } },
      transitions: { begin: [{ to: 'work' }] },
    },
  );
  await app.publish('parent', { id: 'p', by: 'ann' });
  await app.run();
  t.deepEqual(await app.history('p'), ['call,0,0', 'hold,0,0,0', 'start,0']);
  t.like(await strip(app.space, true), [{ marked: '1' }]);
  t.is((await app.history('p')).length, 3, 'kept, if that is asked for');
  t.like(await strip(app.space), [{ marked: '1', attributes: '3' }]);
  t.deepEqual(await app.history('p'), []);
  t.like(await app.state('p'), { status: 0, data: { by: 'ann' } });
  t.deepEqual(await broken(), [], 'its child runs, and was started by a run that is gone');
  await sql.rows(`select ratchet.graph_explain('p', $1)`, [app.app]);
  await sql.rows(`select ratchet.graph_job_mermaid('p', $1)`, [app.app]);
});

test.serial(
  'a function loses the steps of its hooks, of which one has started a job',
  async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    await sql.rows(`select ratchet.hook($1, $1, '[]')`, [queue]);
    await sql.exchange(worker);
    const child = { kind: 'start', name: 'child', input: [] };
    await sql.exchange(worker, {
      plans: [
        { job, address: 'h1', position: 1, ...child, options: { id: `${queue}-c`, queue: 'c' } },
      ],
      ends: [{ job, result: 1 }],
    });
    const steps = 'select from ratchet.jobs_attributes where job_id = $1';
    t.is((await sql.rows(steps, [job])).length, 1);
    t.like(await strip('durable'), [{ marked: '1', attributes: '1' }]);
    t.is((await sql.rows(steps, [job])).length, 0);
    t.deepEqual(await broken(), []);
  },
);
