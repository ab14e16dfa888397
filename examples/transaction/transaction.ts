// A workflow that starts with your own rows, or not at all: `tx` is a transaction of yours.
import { Kysely, PostgresDialect } from 'kysely';
import { Client as Postgres, Pool } from 'pg';
import { Durable } from 'pgratchet';
import { connection } from '../connection';

export async function remind(invoice: number): Promise<string> {
  return `reminded of invoice ${invoice}`;
}

const client = new Durable.Client({ connection });
const taskQueue = 'reminders';

/** With a pg client. */
async function withPg(invoice: number, end: 'commit' | 'rollback') {
  const tx = new Postgres(connection.options);
  await tx.connect();
  await tx.query('begin');
  await tx.query('insert into invoices (id) values ($1)', [invoice]);
  const workflowId = `remind-${invoice}`;
  await client.workflow.start(remind, { taskQueue, workflowId, args: [invoice], tx });
  await tx.query(end);
  await tx.end();
}

/** With kysely: what throws inside rolls everything back. */
async function withKysely(invoice: number, isFailing: boolean) {
  const pool = new Pool(connection.options);
  const db = new Kysely<{ invoices: { id: number } }>({ dialect: new PostgresDialect({ pool }) });
  const transaction = db.transaction().execute(async (tx) => {
    await tx.insertInto('invoices').values({ id: invoice }).execute();
    const workflowId = `remind-${invoice}`;
    await client.workflow.start(remind, { taskQueue, workflowId, args: [invoice], tx });
    if (isFailing) throw new Error('changed my mind');
  });
  await transaction.catch((error: Error) => console.log(error.message));
  await db.destroy();
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue, workflow: remind });
  const db = new Postgres(connection.options);
  await db.connect();
  await db.query('create table invoices (id int primary key)');

  await withPg(1, 'commit');
  await withPg(2, 'rollback');
  await withKysely(3, false);
  await withKysely(4, true);

  for (const id of ['remind-1', 'remind-3']) {
    console.log(await client.workflow.getHandle(taskQueue, 'remind', id).result());
  }
  const { rows } = await db.query(`
    select array(select id from invoices order by id) as invoices,
      array(select key from ratchet.jobs order by key) as jobs`);
  console.log(rows[0]);
  await db.end();
  await Durable.shutdown();
}

void main();
