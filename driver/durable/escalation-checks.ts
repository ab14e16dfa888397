import { toJson } from '../database/json-door';
import { checkName, checkText } from '../database/names';
import { RatchetError } from '../errors';
import { checkNumbers, checkOptions, checkSwitches, refuseOption } from '../options';

type Check = (value: unknown, option: string, where: string) => void;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An escape that JSON text has only for what Postgres cannot read. */
const UNREADABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const LARGEST_INT = 2 ** 31 - 1;
const TEN_YEARS_MINUTES = 5_256_000;
const STATES = ['pending', 'resolved', 'cancelled', 'expired'];
const COLUMNS = ['priority', 'created_at', 'updated_at', 'resolved_at', 'role', 'type'];
const DIRECTIONS = ['asc', 'desc', 'ASC', 'DESC'];

/** @throws RatchetError WF104 unless it is the id of a task */
export function checkId(id: unknown, option = 'id'): string {
  if (typeof id === 'string' && UUID.test(id)) return id;
  const shown = typeof id === 'string' ? id.slice(0, 100) : id === null ? 'null' : typeof id;
  throw new RatchetError('WF104', `Invalid id of a task: ${shown}.`, {
    detail: { option },
    hint: `Give as ${option} what an entry has as its id: a UUID.`,
  });
}

/** JSON of a value that SQL reads. @throws RatchetError WF105, WF102 */
export function readableJson(value: unknown, option: string, where: string): string | null {
  const json = toJson(value, option);
  if (json === null || !UNREADABLE.test(json)) return json;
  const message = `${option} of ${where} holds U+0000 or half a surrogate pair.`;
  throw new RatchetError('WF105', message, {
    detail: { where, option },
    hint: 'Remove those characters; only a resolver payload may hold them.',
  });
}

const name: Check = (value, option) => void checkName(value, option);
const text: Check = (value, option, where) => {
  if (typeof value !== 'string') refuseOption(where, option, value, 'Give text.');
  checkText(value, option);
};
const readable: Check = (value, option, where) => void readableJson(value, option, where);

function oneOf(values: readonly string[]): Check {
  return (value, option, where) => {
    if (values.includes(value as string)) return;
    refuseOption(where, option, value, `Give one of ${values.join(', ')}.`);
  };
}

function listOf(check: Check, what: string): Check {
  return (value, option, where) => {
    if (!Array.isArray(value)) refuseOption(where, option, value, `Give an array of ${what}.`);
    for (const item of value as unknown[]) check(item, option, where);
  };
}

function whole(least: number): Check {
  return (value, option, where) => {
    if (value === undefined) refuseOption(where, option, value, 'Give a whole number.');
    checkNumbers({ [option]: value }, { [option]: [least, LARGEST_INT, 'whole'] }, where);
  };
}

const object: Check = (value, option, where) => {
  const isObject = typeof value === 'object' && value !== null;
  // A Date is an object as well, and text as JSON.
  if (isObject && readableJson(value, option, where)?.startsWith('{') === true) return;
  refuseOption(where, option, value, 'Give an object.');
};

const minutes: Check = (value, option, where) => {
  if (typeof value === 'number' && value > 0 && value <= TEN_YEARS_MINUTES) return;
  throw new RatchetError('WF103', `${where}: ${option} is no duration of a claim.`, {
    detail: { where, option },
    hint: 'Give the minutes of a claim, above zero and at most ten years.',
  });
};

const item: Check = (value, _option, where) => {
  checkOptions(value, ['id', 'resolverPayload'], `items of ${where}`);
  checkId((value as { id?: unknown }).id, 'id of items');
};

const sort: Check = (value, option, where) => {
  checkOptions(value, ['column', 'direction'], `${option} of ${where}`);
  const { column, direction } = value as { column?: unknown; direction?: unknown };
  oneOf(COLUMNS)(column, `column of ${option}`, where);
  if (direction !== undefined) oneOf(DIRECTIONS)(direction, `direction of ${option}`, where);
};

const CHECKS: Readonly<Record<string, Check>> = {
  id: (value) => void checkId(value),
  ids: listOf((value) => void checkId(value, 'ids'), 'ids of tasks'),
  items: listOf(item, '{ id, resolverPayload }'),
  ...{ assignee: name, assertClaim: name, assertAssignee: name, targetRole: name, key: name },
  ...{ namespace: text, role: text, type: text, subtype: text, entity: text, assignedTo: text },
  ...{ workflowId: text, originId: text, taskId: text, roles: listOf(text, 'texts') },
  ...{ status: oneOf(STATES), statuses: listOf(oneOf(STATES.slice(1)), 'states') },
  available: (value, option, where) => checkSwitches({ [option]: value }, [option], where),
  ...{ durationMinutes: minutes, priority: whole(-LARGEST_INT - 1) },
  ...{ limit: whole(0), offset: whole(0) },
  ...{ metadata: object, milestones: listOf(object, 'objects'), value: readable },
  ...{ sortBy: oneOf(COLUMNS), sortOrder: oneOf(DIRECTIONS), orderBy: listOf(sort, 'columns') },
};

/** Refuses a wrong value of an option, by its name. */
export function checkOption(value: unknown, option: string, where: string): void {
  CHECKS[option]?.(value, option, where);
}

/** Refuses options of a call that are unknown, missing or wrong, by their names. */
export function checkCall(
  given: object,
  where: string,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const known = [...required, ...optional];
  checkOptions(given, known, where);
  for (const option of known) {
    const value = (given as Record<string, unknown>)[option];
    if (value === undefined && !required.includes(option)) continue;
    checkOption(value, option, where);
  }
}

/** As `checkCall`, of a call that changes tasks, with the options of InTransaction. */
export function checkChange(
  given: object,
  where: string,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  checkCall(given, where, required, [...optional, 'tx', 'namespace']);
}

/** The namespace beside an id, if there is one. */
export function checkNamespace(namespace: string | null | undefined): string | null {
  return namespace === undefined || namespace === null ? null : checkName(namespace, 'namespace');
}

/** Refuses what is no object, before it is taken apart. */
export function checkObject(given: unknown, where: string): void {
  checkOptions(given, Object.keys(given ?? {}), where);
}
