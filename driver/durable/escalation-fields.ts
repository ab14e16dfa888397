import { toJson, toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import { durationMs, type Duration } from '../duration';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';
import { checkOption, readableJson } from './escalation-checks';

/** What a task is given. */
export interface EscalationFields {
  /** Whose worklist it is in. */
  role?: string;
  type?: string;
  subtype?: string;
  entity?: string;
  description?: string;
  /** The smaller, the more urgent. Default 5. */
  priority?: number;
  taskQueue?: string;
  workflowType?: string;
  originId?: string;
  parentId?: string;
  initiatedBy?: string;
  createdBy?: string;
  taskId?: string;
  traceId?: string;
  spanId?: string;
  /** What tasks are found by. */
  metadata?: Record<string, unknown>;
  /** Any data. */
  envelope?: unknown;
  /** What the one who does it is given. */
  escalationPayload?: unknown;
  /** When it should be done: a date, ISO text, or milliseconds since 1970. */
  expiresAt?: Date | string | number;
}

/** The task of a wait, and for how long to wait. */
export interface EscalationConfig extends EscalationFields {
  timeout?: Duration;
}

/** Fields of a task that its creator may set besides. */
export interface CreateEscalation extends EscalationFields {
  namespace?: string;
  appId?: string;
  /** Resolving the task sends this signal. */
  signalKey?: string;
  topic?: string;
  workflowId?: string;
}

/** A task with its state, as it was elsewhere. */
export interface MigrateEscalation extends CreateEscalation {
  id: string;
  status?: 'pending' | 'resolved' | 'cancelled' | 'expired';
  assignedTo?: string;
  assignedUntil?: Date | string | number;
  claimedAt?: Date | string | number;
  claimExpiresAt?: Date | string | number;
  resolvedAt?: Date | string | number;
  createdAt?: Date | string | number;
  updatedAt?: Date | string | number;
  resolverPayload?: unknown;
  milestones?: Record<string, unknown>[];
}

const NAMES = ['role', 'type', 'taskId', 'originId'];
const TEXTS = [
  ...['subtype', 'entity', 'description', 'taskQueue', 'workflowType', 'parentId', 'initiatedBy'],
  ...['createdBy', 'traceId', 'spanId'],
];
const VALUES = ['envelope', 'escalationPayload'];
const CREATED_NAMES = ['namespace', 'appId', 'signalKey', 'workflowId'];
const STATE_TIMES = [
  ...['assignedUntil', 'claimedAt', 'claimExpiresAt', 'resolvedAt', 'createdAt', 'updatedAt'],
];
const CHECKED = ['priority', 'metadata', 'status', 'milestones'];
const OF_WAIT = [...NAMES, ...TEXTS, ...VALUES, 'priority', 'metadata', 'expiresAt'];
const OF_CREATE = [...OF_WAIT, ...CREATED_NAMES, 'topic'];
const OF_MIGRATE = [
  ...[...OF_CREATE, ...STATE_TIMES],
  ...['status', 'assignedTo', 'resolverPayload', 'milestones'],
];

function refuse(where: string, option: string, advice: string): never {
  throw new RatchetError('WF104', `Invalid ${option} of ${where}.`, {
    detail: { where, option },
    hint: advice,
  });
}

function timeOf(value: unknown, option: string, where: string): string {
  const isTime = value instanceof Date || typeof value === 'string' || typeof value === 'number';
  const time = new Date(isTime ? value : NaN);
  const isKept = Math.abs(time.getTime()) <= 9e15 && time.getFullYear() > 0;
  if (!isKept || time.getFullYear() > 9999) {
    refuse(where, option, 'Give a Date, ISO text, or milliseconds since 1970.');
  }
  return time.toISOString();
}

function checked(option: string, value: unknown, where: string): unknown {
  if ([...NAMES, ...CREATED_NAMES, 'assignedTo'].includes(option)) return checkName(value, option);
  if (option === 'expiresAt' || STATE_TIMES.includes(option)) return timeOf(value, option, where);
  if ([...TEXTS, 'topic'].includes(option) && typeof value !== 'string') {
    refuse(where, option, 'Give text.');
  }
  if (CHECKED.includes(option)) checkOption(value, option, where);
  if (option === 'resolverPayload') return JSON.parse(toPayload(value, option) ?? 'null');
  return value;
}

function fieldsOf(given: object, known: readonly string[], where: string): string {
  checkOptions(given, known, where);
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  const fields = present.map(([option, value]) => {
    const stored = checked(option, value, where);
    readableJson(stored, option, where);
    return [option, stored];
  });
  return toJson(Object.fromEntries(fields), `fields of ${where}`) ?? '{}';
}

/** What a wait is given: its timeout, and the fields of its task, if it is to have one. */
export function waitFields(config: EscalationConfig): {
  delay: number | null;
  task: string | null;
} {
  checkOptions(config, [...OF_WAIT, 'timeout'], 'condition');
  const { timeout, ...fields } = config;
  const hasTask = Object.values(fields).some((value) => value !== undefined);
  return {
    delay: timeout === undefined ? null : durationMs(timeout, 'timeout'),
    task: hasTask ? fieldsOf(fields, OF_WAIT, 'condition') : null,
  };
}

export function createFields(fields: object): string {
  return fieldsOf(fields, OF_CREATE, 'escalations.create');
}

export function updateFields(fields: object): string {
  const refused = ['namespace', 'appId', 'signalKey'];
  const known = OF_CREATE.filter((option) => !refused.includes(option));
  return fieldsOf(fields, known, 'escalations.update');
}

export function migrateFields(fields: object): string {
  return fieldsOf(fields, OF_MIGRATE, 'escalations.migrate');
}
