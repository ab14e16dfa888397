import {
  createEntityIndex,
  findEntities,
  findEntity,
  type EntityRow,
} from '../database/data-calls';
import { toJsonb } from '../database/jsonb-door';
import { checkName } from '../database/names';
import { parseJson } from '../database/parse-json';
import { RatchetError } from '../errors';
import { checkNumbers, checkOptions, type Limits } from '../options';
import { targetOf, type HotMeshClient } from './mesh-client';

/** A job with an entity. */
export interface EntityRecord<D = Record<string, unknown>> {
  /** The workflow id. */
  key: string;
  context: D;
  status: number;
}

export interface Page {
  /** Default: all. */
  limit?: number;
  offset?: number;
}

/** A value to equal, or operators that must all hold. */
export interface EntityOperators {
  $eq?: unknown;
  $ne?: unknown;
  $gt?: number | string;
  $gte?: number | string;
  $lt?: number | string;
  $lte?: number | string;
  $in?: unknown[];
}
export type EntityConditions = Record<string, unknown>;
export type EntityOperator = '=' | '!=' | '>' | '<' | '>=' | '<=' | 'LIKE' | 'IN';
export type EntityIndexType = 'gin' | 'btree' | 'hash';

const OPERATORS: Record<EntityOperator, string> = {
  ...{ '=': '$eq', '!=': '$ne', '>': '$gt', '<': '$lt', '>=': '$gte', '<=': '$lte' },
  ...{ LIKE: '$like', IN: '$in' },
};

function toRecord({ key, context, status }: EntityRow): EntityRecord {
  return { key, context: parseJson(context) as Record<string, unknown>, status };
}

const ROWS: Limits = [0, Number.MAX_SAFE_INTEGER, 'whole'];

function checkPage(page: Page): { limit: number | undefined; offset: number | undefined } {
  checkOptions(page, ['limit', 'offset'], 'a page of entities');
  checkNumbers(page, { limit: ROWS, offset: ROWS }, 'a page of entities');
  return { limit: page.limit, offset: page.offset };
}

/** JSON would drop such a value, and the condition with it: then it would hold for every record. */
function isLost(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

function checkConditions(conditions: EntityConditions): void {
  if (typeof conditions !== 'object' || conditions === null || Array.isArray(conditions)) {
    throw new RatchetError('WF104', 'Conditions are not an object.', {
      hint: "Give fields and values: { status: 'open', age: { $gte: 18 } }.",
    });
  }
  for (const [field, value] of Object.entries(conditions)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const tests = isObject ? Object.entries(value).filter(([key]) => key.startsWith('$')) : [];
    const lost = isLost(value) ? field : tests.find(([, operand]) => isLost(operand))?.[0];
    if (lost === undefined) continue;
    const place = lost === field ? field : `${field}.${lost}`;
    throw new RatchetError('WF104', `The condition on ${place.slice(0, 100)} has no value.`, {
      detail: { option: 'conditions', field: field.slice(0, 100) },
      hint: 'Give a value, null to find null, or leave the field out for records of any value.',
    });
  }
}

async function query(
  entity: string,
  conditions: EntityConditions,
  client: HotMeshClient,
  page: Page,
): Promise<EntityRecord[]> {
  const { hub, namespace } = targetOf(client);
  const label = checkName(entity, 'entity');
  checkConditions(conditions);
  const json = toJsonb(conditions, 'conditions');
  const checked = checkPage(page);
  await hub.prepare();
  return (await findEntities(hub.database, label, json, namespace, checked)).map(toRecord);
}

/**
 * The jobs with a label whose entities meet all conditions on top-level fields, newest first. A
 * condition whose value is undefined is refused (WF104): left out, it would find every record.
 *
 * @example
 * await Entity.find('user', { country: 'FR', age: { $gte: 18 } }, handle.hotMesh, { limit: 10 });
 */
export function find(
  entity: string,
  conditions: EntityConditions,
  hotMeshClient: HotMeshClient,
  page: Page = {},
): Promise<EntityRecord[]> {
  return query(entity, conditions, hotMeshClient, page);
}

/** The job of an id, if it has the label; else null. */
export async function findById(
  entity: string,
  id: string,
  hotMeshClient: HotMeshClient,
): Promise<EntityRecord | null> {
  const { hub, namespace } = targetOf(hotMeshClient);
  const names = [checkName(entity, 'entity'), checkName(id, 'id')] as const;
  await hub.prepare();
  const row = await findEntity(hub.database, ...names, namespace);
  return row === undefined ? null : toRecord(row);
}

/** As `find`, with one condition. */
export async function findByCondition(
  entity: string,
  field: string,
  value: unknown,
  operator: EntityOperator = '=',
  hotMeshClient: HotMeshClient,
  page: Page = {},
): Promise<EntityRecord[]> {
  const name = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (name === undefined) {
    throw new RatchetError('WF104', `There is no operator '${String(operator)}'.`, {
      hint: `Operators are ${Object.keys(OPERATORS).join(', ')}.`,
    });
  }
  return query(entity, { [field]: { [name]: value } }, hotMeshClient, page);
}

/**
 * An index for conditions on one field of the entities of one label; nothing happens if there is
 * one. 'gin' serves equality, 'btree' also ranges. It is built beside running work.
 */
export async function createIndex(
  entity: string,
  field: string,
  hotMeshClient: HotMeshClient,
  type: EntityIndexType = 'gin',
): Promise<void> {
  const { hub } = targetOf(hotMeshClient);
  checkName(entity, 'entity');
  checkName(field, 'field');
  await hub.prepare();
  await createEntityIndex(hub.database, entity, field, type);
}
