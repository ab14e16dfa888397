import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';

const sql = engine();

const ask = {
  subscribes: 'ask',
  expire: 600,
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    wait: {
      type: 'hook',
      sleep: '{start.output.data.sleep}',
      escalation: { role: 'clerk' },
      job: { maps: { v: '{$self.hook.data.v}' } },
    },
  },
  transitions: { start: [{ to: 'wait' }] },
  hooks: { go: byJob('wait') },
};

async function asked() {
  const app = await graphApp(sql, ask);
  const answer = (id: string) =>
    sql.rows('select ratchet.signal_topic($1, $2, $3, $4, $5)', [
      ...['go', JSON.stringify({ id, v: 1 }), app.app, 'pending', 202],
    ]);
  const task = async (id: string) => {
    const [found] = await sql.rows<{ id: string; address: string; status: string }>(
      `select id, address, status from ratchet.escalations
        where workflow_id = $1 and namespace || ':' || app_id = $2`,
      [id, app.space],
    );
    return found!;
  };
  const resolve = async (id: string) =>
    sql.value('select ratchet.resolve_escalation($1, $2)', [(await task(id)).id, '{"v":2}']);
  return { ...app, answer, task, resolve };
}

test.serial('a task whose hook has answered that it is not done yet resumes it', async (t) => {
  const app = await asked();
  await app.publish('ask', { id: 'a' });
  for (const address of [',0,1', ',0,2']) {
    await app.answer('a');
    await app.run();
    t.like(await app.task('a'), { address, status: 'pending' });
  }
  t.like(await app.resolve('a'), { ok: true });
  await app.run();
  t.like(await app.state('a'), { status: 0, data: { v: 2 } });
});

test.serial('it expires with the time of its hook, and is cancelled with its job', async (t) => {
  const app = await asked();
  await app.publish('ask', { id: 'late', sleep: 0.3 });
  await app.publish('ask', { id: 'stopped' });
  await app.answer('late');
  await app.answer('stopped');
  await app.run();
  await app.interrupt('stopped', { expire: 600 });
  t.like(await app.task('stopped'), { status: 'cancelled' });
  await sql.rows('select pg_sleep(0.4)');
  await app.run();
  t.is((await app.state('late')).status, 0);
  t.like(await app.task('late'), { status: 'expired' });
});

test.serial('one that is resolved before its job has gone on is not lost', async (t) => {
  const app = await asked();
  await app.publish('ask', { id: 'a' });
  await app.answer('a');
  await sql.rows('select ratchet_internal.deliver_signals(ratchet_internal.write_time())');
  t.deepEqual(
    (await app.messages('a')).map(({ kind }) => kind),
    ['result'],
  );
  t.like(await app.resolve('a'), { ok: true });
  // What was answered is with nobody: the next call of a worker goes on with it.
  await app.run();
  t.like(await app.state('a'), { status: 0, data: { v: 2 } });
  t.like(await app.task('a'), { status: 'resolved' });
});
