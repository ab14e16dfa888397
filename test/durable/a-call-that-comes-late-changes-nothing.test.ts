import test, { type ExecutionContext } from 'ava';
import type { Pool } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';
import { gone, metConnection, type Statement } from '../support/met-connection';
import { waitFor } from '../support/wait-for';

async function hello(name: string) {
  return name;
}

const START = 'select ratchet.start_workflow($1, $2, $3, $4)';
const job = (id: string) => ['hello', JSON.stringify([id]), id, 'q'];

/**
 * A worker of which one statement gets no answer, and is not carried out yet: so it is with a
 * session that stands still, or a message that the network delivers later.
 */
async function served(t: ExecutionContext, isKept: (name: string) => boolean) {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const kept: Statement[] = [];
  const connection = metConnection(url, ({ statement, answer }) => {
    if (kept.length > 0 || !isKept(statement.name ?? '')) return false;
    kept.push(statement);
    setImmediate(answer, gone());
    return true;
  });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: hello });
  const client = new Durable.Client({ connection });
  return { pool, kept, client };
}

const ended = (pool: Pool, id: string) =>
  waitFor(`${id} has ended`, async () => {
    const sql = 'select from ratchet.jobs where key = $1 and status = 0';
    return (await pool.query(sql, [id])).rowCount === 1;
  });

/** Starts another job, and carries out what was kept while nobody else can see that one. */
async function carryOut(pool: Pool, { text, values }: Statement): Promise<string> {
  const session = await pool.connect();
  await session.query('begin');
  await session.query(START, job('last'));
  await session.query('savepoint late');
  const outcome = await session.query(text, values).then(
    () => 'carried out',
    async (error: { code: string }) => {
      await session.query('rollback to late');
      return error.code;
    },
  );
  await session.query('commit');
  session.release();
  return outcome;
}

test.serial('a claim', async (t) => {
  let isArmed = false;
  const { pool, kept } = await served(t, (name) => isArmed && name === 'ratchet_exchange');
  await pool.query(START, job('first'));
  await ended(pool, 'first');
  isArmed = true;
  await pool.query(START, job('second'));
  await ended(pool, 'second');
  const [late] = kept;
  t.is(late && (await carryOut(pool, late)), 'WF404');
  await ended(pool, 'last');
});

test.serial('a start by the process that runs it', async (t) => {
  const { pool, kept, client } = await served(t, (name) => name === 'ratchet_start_eagerly');
  for (let i = 0; kept.length === 0; i += 1) {
    const handle = await client.workflow.start(hello, { taskQueue: 'q', args: [`job ${i}`] });
    t.is(await handle.result(), `job ${i}`);
  }
  const [late] = kept;
  const another = late?.values.with(3, 'late').with(2, '["late"]').with(7, null) ?? [];
  await pool.query(late?.text ?? '', another);
  await ended(pool, 'late');
});
