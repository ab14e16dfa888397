import test from 'ava';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;

async function waiting(id: string) {
  return workflow.condition(id);
}

async function echo(value: unknown) {
  return value;
}

test.serial('if it rolls back, nothing happened', async (t) => {
  const { url, pool, client } = await durableTest(t);
  const running = { taskQueue: 'q', args: ['s'] as [string], workflowId: 'running' };
  const handle = await client.workflow.start(waiting, running);
  const session = new Client({ connectionString: url });
  await session.connect();
  t.teardown(() => session.end());
  await session.query('begin');
  const started = { taskQueue: 'q', args: ['s'] as [string], workflowId: 'new', tx: session };
  await client.workflow.start(waiting, started);
  await client.workflow.signal('s', 1, undefined, { tx: session });
  await handle.cancel({ tx: session });
  await handle.terminate({ tx: session });
  await session.query('rollback');
  t.is(await handle.status(), 1);
  await t.throwsAsync(client.workflow.getHandle('q', 'waiting', 'new').status());
  const signals = await pool.query('select from ratchet_internal.signals');
  t.is(signals.rowCount, 0);
});

test.serial('if it commits, everything did: pg and kysely', async (t) => {
  const { url, connection, client } = await durableTest(t);
  const db = new Kysely<object>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }),
  });
  t.teardown(() => db.destroy());
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  const handle = await db.transaction().execute(async (tx) => {
    const options = { taskQueue: 'q', args: ['k'] as [string], workflowId: 'by-kysely', tx };
    const made = await client.workflow.start(waiting, options);
    await made.signal('k', { committed: true }, { tx });
    return made;
  });
  t.deepEqual(await handle.result(), { committed: true });
});

test.serial('a trigger on a table of the user starts a workflow', async (t) => {
  const { pool, connection, client } = await durableTest(t);
  await pool.query(`
    create table invoices (id int primary key, amount int);
    create function bill() returns trigger language plpgsql as $$ begin
      perform ratchet.start_workflow('echo', json_build_array(to_json(new)),
        p_id => 'invoice-' || new.id, p_queue => 'q');
      return new;
    end $$;
    create trigger bill after insert on invoices for each row execute function bill();
    insert into invoices values (1, 100), (2, 200);`);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: echo });
  const result = (id: string) => client.workflow.getHandle('q', 'echo', id).result();
  t.deepEqual(await result('invoice-2'), { id: 2, amount: 200 });
  t.deepEqual(await result('invoice-1'), { id: 1, amount: 100 });
});
