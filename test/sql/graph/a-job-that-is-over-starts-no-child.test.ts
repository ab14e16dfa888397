import test from 'ava';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

test.serial('a child of a job that ends in the same stretch is not started', async (t) => {
  const app = await graphApp(
    sql,
    {
      subscribes: 'parent',
      expire: 600,
      activities: {
        start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        pause: { type: 'hook', sleep: '{start.output.data.sleep}' },
        call: { type: 'await', topic: 'child' },
        work: { type: 'worker', topic: 'work' },
        fail: { type: 'hook', job: { maps: { x: { '@pipe': [['{'], ['{@json.parse}']] } } } },
      },
      transitions: {
        start: [{ to: 'pause' }],
        pause: [{ to: 'call' }, { to: 'work' }, { to: 'fail' }],
      },
    },
    {
      subscribes: 'child',
      activities: { begin: { type: 'trigger' }, charge: { type: 'worker', topic: 'charge' } },
      transitions: { begin: [{ to: 'charge' }] },
    },
  );
  for (const [id, sleep] of [
    ['at once', 0],
    ['later', 0.001],
  ] as const) {
    await app.publish('parent', { id, sleep });
    await app.run();
    t.like(await app.state(id), { status: 0, error: { activity: 'fail' } });
  }
  const jobs = 'select key from ratchet.jobs where namespace = $1 and workflow = $2';
  t.deepEqual(await sql.rows(jobs, [app.space, 'child']), []);
  const messages = 'select kind, queue from ratchet_internal.messages where namespace = $1';
  t.deepEqual(await sql.rows(messages, [app.space]), []);
});
