import { backoff } from '../backoff';
import { fromPg } from '../errors';
import { checkout, connected } from './checkout';
import type { Database } from './database';
import { fromPlainJson } from './json-door';
import { timed } from './time-limits';

const ATTRIBUTES = 'select ratchet.attributes($1, $2, $3)';
const QUERY_STATE = 'select ratchet.query_state($1, $2, $3)';
const FIND = 'select key, context, status from ratchet.find_entities($1, $2, $3, $4, $5)';
const FIND_BY_ID = `select key, coalesce(context, '{}'), status from ratchet.jobs
  where key = $1 and namespace = $2 and entity = $3`;
const INDEX = 'select ratchet.entity_index($1, $2, $3)';
const ONE_BUILDER = `select
  pg_try_advisory_lock(hashtextextended('ratchet.entity_index', 0)) as ok`;
/** Some hundred milliseconds. */
const BUILDER_ATTEMPT = 4;
const EXECUTION = 'select ratchet.export_execution($1, $2, $3)';
const SEARCH_PATH = `set local search_path = ratchet, public`;

/** A job as `Entity.find` returns it. */
export interface EntityRow {
  key: string;
  context: string;
  status: number;
}

async function json(database: Database, text: string, values: unknown[]): Promise<unknown> {
  const [row] = await database.rows<[string | null]>(text, values);
  return fromPlainJson(row?.[0] ?? null);
}

/** The search attributes of a job; nested: `/` in a name leads one level down. */
export async function readAttributes<T extends object = Record<string, string>>(
  database: Database,
  workflowId: string,
  namespace: string,
  isNested = false,
): Promise<T> {
  return (await json(database, ATTRIBUTES, [workflowId, namespace, isNested])) as T;
}

export async function queryState(
  database: Database,
  workflowId: string,
  namespace: string,
  fields: string[],
): Promise<Record<string, string | null>> {
  const state = await json(database, QUERY_STATE, [workflowId, fields, namespace]);
  return state as Record<string, string | null>;
}

function toEntity([key, context, status]: [string, string, string]): EntityRow {
  return { key, context, status: Number(status) };
}

export async function findEntities(
  database: Database,
  entity: string,
  conditions: string,
  namespace: string,
  page: { limit: number | undefined; offset: number | undefined },
): Promise<EntityRow[]> {
  const values = [entity, conditions, namespace, page.limit ?? null, page.offset ?? 0];
  return (await database.rows<[string, string, string]>(FIND, values)).map(toEntity);
}

export async function findEntity(
  database: Database,
  entity: string,
  workflowId: string,
  namespace: string,
): Promise<EntityRow | undefined> {
  const values = [workflowId, namespace, entity];
  const [row] = await database.rows<[string, string, string]>(FIND_BY_ID, values);
  return row === undefined ? undefined : toEntity(row);
}

/**
 * On a connection of its own: it takes as long as the table is large. Two builders at once would
 * wait for each other, so that each tries to be the only one; waiting for a lock would be waited
 * for by the other.
 */
export async function createEntityIndex(
  database: Database,
  entity: string,
  field: string,
  type: string,
): Promise<void> {
  const client = await connected(database.config);
  try {
    const isOnly = async () =>
      (await client.query<{ ok: boolean }>(timed(ONE_BUILDER))).rows[0]?.ok;
    while (!(await isOnly())) await backoff(BUILDER_ATTEMPT);
    const statements = await database.rows<[string]>(INDEX, [entity, field, type]);
    for (const [statement] of statements) await client.query(statement);
  } catch (error) {
    throw fromPg(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As the engine tells it: values that passed through a codec are still as they are stored. */
export async function exportExecution(
  database: Database,
  workflowId: string,
  namespace: string,
  options: object,
): Promise<unknown> {
  return json(database, EXECUTION, [workflowId, namespace, JSON.stringify(options)]);
}

/** A statement of the user's, with the engine's tables at hand; its rows as objects. */
export async function userRows(
  database: Database,
  text: string,
  values: unknown[],
): Promise<Record<string, unknown>[]> {
  const { client, release } = await checkout(database.pool);
  let isBroken = true;
  try {
    await client.query(timed('begin'));
    await client.query(timed(SEARCH_PATH));
    // One statement, whatever the text is.
    const { rows } = await client.query<Record<string, unknown>>({
      ...{ text, values, queryMode: 'extended' },
    });
    await client.query(timed('commit'));
    isBroken = false;
    return rows;
  } catch (error) {
    isBroken = await client.query(timed('rollback')).then(
      () => false,
      () => true,
    );
    throw fromPg(error);
  } finally {
    release(isBroken);
  }
}
