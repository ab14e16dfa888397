import test from 'ava';
import { durableTest } from '../support/durable';

const SHARED = { taskQueue: 'q', workflowName: 'w', args: [] };
const ids = (count: number) => Array.from({ length: count }, (_, i) => `w-${i}`);

async function starter(t: Parameters<typeof durableTest>[0]) {
  const { pool, client } = await durableTest(t);
  const start = (workflowId: string) =>
    client.workflow.start({ ...SHARED, workflowId }).then(
      () => 'started',
      (error: unknown) => (error as Error).name,
    );
  const rows = async (text: string) => (await pool.query<Record<string, number>>(text)).rows;
  await start('first');
  return { pool, start, rows };
}

test.serial('many at once share commits, and each is told how it went', async (t) => {
  const { start, rows } = await starter(t);
  await start('w-50');
  const said = await Promise.all([...ids(200), 'w-7'].map(start));
  t.is(said[50], 'DuplicateJobError');
  t.deepEqual([said[7], said[200]].sort(), ['DuplicateJobError', 'started'], 'either of the two');
  t.is(said.filter((word) => word === 'started').length, 199);
  const [jobs] = await rows(
    `select count(*)::int, count(distinct xmin::text)::int as commits from ratchet.jobs`,
  );
  t.is(jobs?.['count'], 201);
  t.true((jobs?.['commits'] ?? 0) < 50, `${jobs?.['commits']}`);
});

test.serial('one that waits for a transaction elsewhere holds up no other', async (t) => {
  const { pool, start } = await starter(t);
  const other = await pool.connect();
  await other.query('begin');
  await other.query(`select ratchet.start_workflow('w', p_id => 'w-5')`);
  const waiting = start('w-5');
  const waitingToo = start('w-5');
  const together = ids(20).map(start);
  const others = together.filter((_, at) => at !== 5);
  t.deepEqual([...new Set(await Promise.all(others))], ['started']);
  await other.query('commit');
  other.release();
  t.deepEqual(await Promise.all([waiting, waitingToo, together[5]]), [
    'DuplicateJobError',
    'DuplicateJobError',
    'DuplicateJobError',
  ]);
});

test.serial('one that a trigger refuses takes no other along', async (t) => {
  const { pool, start, rows } = await starter(t);
  await pool.query(
    `create function refuse() returns trigger language plpgsql as
      $$ begin if new.key = 'w-5' then raise 'no fives'; end if; return new; end $$;
    create trigger refuse before insert on ratchet.jobs
      for each row execute function refuse()`,
  );
  const said = await Promise.all(ids(20).map(start));
  t.deepEqual(
    said.flatMap((word, at) => (word === 'started' ? [] : [at])),
    [5],
  );
  t.deepEqual(await rows(`select count(*)::int from ratchet.jobs`), [{ count: 20 }]);
});

test.serial('repeated with the same request they are started once', async (t) => {
  const { rows } = await starter(t);
  const together = (key: string, request: string) =>
    rows(`select ratchet.start_together('w', array['a', '${key}'], array['[]', '[]']::json[], 'q',
      'durable', null, '00000000-0000-4000-8000-00000000000${request}') as id`);
  t.deepEqual(await together('b', '1'), []);
  t.deepEqual(await together('b', '1'), []);
  t.deepEqual(await together('c', '2'), [{ id: 'a' }] as never);
  t.deepEqual(await rows(`select count(*)::int from ratchet.jobs`), [{ count: 4 }]);
});
