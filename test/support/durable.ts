import type { ExecutionContext } from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from './cluster';

/** A database with the engine, a client on it, and an end to both with the test. */
export async function durableTest(t: ExecutionContext<unknown>) {
  const { url, pool } = await testDatabase(t);
  const connection = { class: Client, options: { connectionString: url } };
  t.teardown(() => Durable.shutdown());
  return { url, pool, connection, client: new Durable.Client({ connection }) };
}

/** Retries without waiting. */
export const AT_ONCE = { initialInterval: 1, backoffCoefficient: 1 };
