// Workflows that SQL starts: by a call, and by a trigger on a table of yours.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client as Postgres } from 'pg';
import { Durable } from 'pgratchet';
import { connection } from '../connection';

export async function welcome(name: string): Promise<string> {
  return `Welcome, ${name}!`;
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'mails', workflow: welcome });
  const db = new Postgres(connection.options);
  await db.connect();

  // What follows works in psql just as well.
  await db.query(`select ratchet.start_workflow('welcome', '["Ada"]', 'by-hand', 'mails')`);
  const byHand = await db.query(`select ratchet.await_result('by-hand', '10 seconds') as answer`);
  console.log(byHand.rows[0].answer);

  await db.query(await readFile(join(__dirname, 'customers.sql'), 'utf8'));
  await db.query(`insert into customers values (1, 'Grace')`);
  await db.query(`begin; insert into customers values (2, 'Nobody'); rollback`);
  await db.query(`select ratchet.await_result('welcome-1', '10 seconds')`);
  const jobs = await db.query(`select key, result from ratchet.jobs order by id`);
  for (const { key, result } of jobs.rows) console.log(key, result);

  await db.end();
  await Durable.shutdown();
}

void main();
