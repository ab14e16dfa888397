import test, { type ExecutionContext } from 'ava';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

const parent = {
  subscribes: 'parent',
  activities: {
    start: { type: 'trigger', stats: { id: 'p' } },
    call: { type: 'await', topic: 'child', job: { maps: { told: '{$self.output.data.n}' } } },
  },
  transitions: { start: [{ to: 'call' }] },
};
const child = (work: object) => ({
  subscribes: 'child',
  activities: {
    begin: { type: 'trigger', stats: { id: 'c' } },
    work: { type: 'worker', topic: 'w', job: { maps: { n: '{$self.output.data.n}' } }, ...work },
    last: { type: 'worker', topic: 'last' },
  },
  transitions: { begin: [{ to: 'work' }], work: [{ to: 'last', conditions: { code: 201 } }] },
});

/** Runs `call` while somebody else has locked the messages of a job. */
async function whileHeld<T>(
  t: ExecutionContext,
  id: string,
  space: string,
  call: () => Promise<T>,
) {
  const holder = await sql.pool().connect();
  t.teardown(() => holder.release());
  await holder.query('begin');
  const { rowCount } = await holder.query(
    `select from ratchet_internal.messages m join ratchet.jobs j on j.id = m.job_id
    where j.key = $1 and j.namespace = $2 for update of m`,
    [id, space],
  );
  t.true((rowCount ?? 0) > 0);
  const result = await call();
  await holder.query('rollback');
  return result;
}

/** One that waited has failed an attempt, and is due again a second later. */
const attempts = (space: string) =>
  sql.value('select max(attempt) from ratchet.jobs where namespace = $1', [space]);

test('a child ends when the step that awaits it is free', async (t) => {
  const app = await graphApp(sql, parent, child({}));
  const worker = await app.worker(['w']);
  await app.publish('parent');
  const [claim] = await app.exchange(worker);
  await whileHeld(t, 'p', app.space, () => app.exchange(worker, [[claim!, { data: { n: 1 } }]]));
  t.is(await attempts(app.space), 0);
  t.like(await app.state('c'), { status: 1 });
  await app.exchange(worker);
  t.like(await app.state('p'), { status: 0, data: { told: 1 } });
});

test('so does a child that only tells its parent something', async (t) => {
  const app = await graphApp(sql, parent, child({ emit: true }));
  const worker = await app.worker(['w']);
  await app.publish('parent');
  const [claim] = await app.exchange(worker);
  const answer = { code: 201, data: { n: 2 } };
  await whileHeld(t, 'p', app.space, () => app.exchange(worker, [[claim!, answer]]));
  t.is(await attempts(app.space), 0);
  await app.exchange(worker);
  t.like(await app.state('p'), { status: 1, data: { told: 2 } });
});

test('an activity stops another job when its messages are free', async (t) => {
  const app = await graphApp(sql, child({}), {
    subscribes: 'killer',
    activities: {
      open: { type: 'trigger', stats: { id: 'k' } },
      ask: { type: 'worker', topic: 'w' },
      kill: { type: 'interrupt', target: 'c' },
    },
    transitions: { open: [{ to: 'ask' }], ask: [{ to: 'kill' }] },
  });
  const worker = await app.worker(['w']);
  await app.publish('killer');
  const [claim] = await app.exchange(worker);
  await app.publish('child');
  await whileHeld(t, 'c', app.space, () => app.exchange(worker, [[claim!, {}]]));
  t.is(await attempts(app.space), 0);
  t.like(await app.state('c'), { status: 1 });
  for (let look = 0; look < 200 && (await app.state('c')).status > 0; look += 1) await app.run();
  t.true((await app.state('c')).status < 0);
  t.like(await app.state('k'), { status: 0 });
});
