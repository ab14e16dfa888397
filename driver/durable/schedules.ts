import { randomUUID } from 'node:crypto';
import { hasCodec } from '../database/codec';
import { toJson, toPayload } from '../database/json-door';
import { checkName, checkText } from '../database/names';
import {
  alterSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  readSchedules,
  resumeSchedule,
  triggerSchedule,
  type ScheduleRow,
  type ScheduleTerms,
} from '../database/schedule-calls';
import { durationMs, type Duration } from '../duration';
import type { Hub } from '../engine/hub';
import type { WorkflowFunction } from '../engine/run-workflow';
import { checkNumbers, checkOptions, checkSwitches, refuseOption } from '../options';
import { createEncodedSchedule } from './encoded-schedule';
import { storedPolicy, type RetryPolicy } from './retry-policy';
import { nameOf, queryableOf, type Transaction } from './start-options';

/** When a schedule is due and what it starts. */
export interface ScheduleChanges {
  /** The workflow it starts: the function, or its name. */
  workflow?: WorkflowFunction | string;
  /** Queue whose workers run it. Default: the workflow's name. */
  taskQueue?: string;
  /** Positional arguments, any JSON values. Default none. */
  args?: unknown[];
  /** A cron expression, `'30 8 * * mon-fri'`; this or `every`. */
  cron?: string;
  /** An interval of at least a second; this or `cron`. */
  every?: Duration;
  /** IANA name of the zone in which `cron` is read; refused beside `every`. Default 'UTC'. */
  timezone?: string;
  /** No occurrence is earlier; the first one of an interval. Default now, or one interval on. */
  startsAt?: Date;
  /** No occurrence is later. Default: none. */
  endsAt?: Date;
  /**
   * Occurrences noticed more than a minute late are left out ('skip'), the latest is run for all of
   * them ('one', the default), or each is run ('all').
   */
  catchUp?: 'skip' | 'one' | 'all';
  /** With `catchUp: 'all'` alone, how old an occurrence may be. Default '1 day'. */
  catchUpWindow?: Duration;
  /**
   * While the last run goes on, an occurrence is started beside it ('allow', the default), left out
   * ('skip'), or started afterwards, however late ('wait').
   */
  overlap?: 'allow' | 'skip' | 'wait';
  /** The interval counts from the end of each run. Default false. */
  fromEnd?: boolean;
  /** A failed run is the last one, until `alter`, or `pause` and `resume`. Default false. */
  stopOnFailure?: boolean;
  /** After so many runs it has ended. Default: never. */
  maxRuns?: number;
  /** Label of the jobs. Default: the workflow's name. */
  entity?: string;
  /** Seconds for which a finished job is kept. Default: as retention says, 7 days. */
  expire?: number;
  /** How often a failing run is tried again. */
  config?: RetryPolicy;
  /** Default 'durable'. */
  namespace?: string;
  tx?: Transaction;
}

export interface ScheduleOptions extends ScheduleChanges {
  /** The caller's own id, of at most 475 characters; the ids of the jobs begin with it. */
  scheduleId: string;
  workflow: WorkflowFunction | string;
  /** How long until the first occurrence of `every` without `startsAt`. Default: one interval. */
  delay?: Duration;
  /** Whether it rests until `resume`. Default false. */
  paused?: boolean;
}

/** A schedule as it is now. */
export interface ScheduleStatus {
  scheduleId: string;
  workflowName: string;
  taskQueue: string;
  /** In words: `cron 0 8 * * *`, `every 01:00:00`. */
  rule: string;
  timezone: string;
  /** 'active', 'paused', 'ended', or in more words why it is not active. */
  state: string;
  nextAt: Date | null;
  lastAt: Date | null;
  /** Workflow id of the last run. */
  lastWorkflowId: string | null;
  lastState: string | null;
  runCount: number;
}

interface Place {
  namespace?: string;
  tx?: Transaction;
}

const CHANGES = [
  ...['workflow', 'taskQueue', 'args', 'cron', 'every', 'timezone', 'startsAt', 'endsAt'],
  ...['catchUp', 'catchUpWindow', 'overlap', 'fromEnd', 'stopOnFailure', 'maxRuns', 'entity'],
  ...['expire', 'config', 'namespace', 'tx'],
];
const CHOICES = { catchUp: ['skip', 'one', 'all'], overlap: ['allow', 'skip', 'wait'] };
const OPTIONS = ['scheduleId', 'paused', 'delay', ...CHANGES];

function timeText(time: Date | undefined, option: string): string | null {
  if (time === undefined) return null;
  const year = time instanceof Date ? time.getUTCFullYear() : NaN;
  if (year >= 1 && year <= 9999) return time.toISOString();
  refuseOption('schedule', option, time, 'Give a Date of the years 1 to 9999.');
}

function milliseconds(duration: Duration | undefined, option: string): number | null {
  return duration === undefined ? null : durationMs(duration, option);
}

function startOptions({ entity, expire, config }: ScheduleChanges): string | null {
  if (entity !== undefined) checkName(entity, 'entity');
  checkNumbers({ expire }, { expire: [0, Number.MAX_SAFE_INTEGER] }, 'schedule');
  const retry = storedPolicy(config);
  const hasPolicy = Object.keys(retry).length > 0;
  const options = { entity, expire, ...(hasPolicy ? { retry } : {}) };
  const isGiven = entity !== undefined || expire !== undefined || hasPolicy;
  return isGiven ? toJson(options, 'options') : null;
}

function workflowName(workflow: unknown): string {
  if (typeof workflow !== 'string' && typeof workflow !== 'function') {
    refuseOption('schedule', 'workflow', workflow, 'Give the workflow function or its name.');
  }
  return checkName(nameOf(workflow as WorkflowFunction | string), 'workflow');
}

/** The texts among the terms. Whether they say something is for SQL to tell. */
function checkTexts(given: ScheduleChanges): void {
  for (const option of ['cron', 'timezone'] as const) {
    const value: unknown = given[option];
    if (value === undefined) continue;
    if (typeof value !== 'string') refuseOption('schedule', option, value, 'Give text.');
    checkText(value, option);
  }
  for (const [option, choices] of Object.entries(CHOICES)) {
    const value = given[option as keyof typeof CHOICES];
    if (value === undefined || choices.includes(value)) continue;
    refuseOption('schedule', option, value, `Give one of ${choices.join(', ')}.`);
  }
  if (given.args !== undefined && !Array.isArray(given.args)) {
    refuseOption('schedule', 'args', given.args, 'Give a list of arguments.');
  }
}

/** What would be left unread beside another option is a mistake. */
function checkTogether(given: Partial<ScheduleOptions>, isNew: boolean): void {
  const { timezone, every, delay, cron, startsAt, catchUp = isNew ? 'one' : 'all' } = given;
  if (timezone !== undefined && every !== undefined) {
    refuseOption('schedule', 'timezone', timezone, 'It is for cron: leave it out beside every.');
  }
  if (delay !== undefined && (cron ?? startsAt) !== undefined) {
    refuseOption('schedule', 'delay', delay, 'It is for every, and startsAt takes its place.');
  }
  if (given.catchUpWindow !== undefined && catchUp !== 'all') {
    const advice = "It is for catchUp: 'all'; give that as well, or leave it out.";
    refuseOption('schedule', 'catchUpWindow', given.catchUpWindow, advice);
  }
}

function termsOf(scheduleId: string, given: ScheduleChanges): ScheduleTerms {
  checkSwitches(given, ['fromEnd', 'stopOnFailure', 'paused'], 'schedule');
  checkNumbers(given, { maxRuns: [1, Number.MAX_SAFE_INTEGER, 'whole'] }, 'schedule');
  checkTexts(given);
  const { workflow, taskQueue, args, cron, timezone, catchUp, overlap } = given;
  return {
    id: checkName(scheduleId, 'scheduleId'),
    namespace: checkName(given.namespace ?? 'durable', 'namespace'),
    workflow: workflow === undefined ? null : workflowName(workflow),
    queue: taskQueue === undefined ? null : checkName(taskQueue, 'taskQueue'),
    args: args === undefined ? null : toPayload(args, 'args'),
    ...{ cron: cron ?? null, timezone: timezone ?? null },
    everyMs: milliseconds(given.every, 'every'),
    startsAt: timeText(given.startsAt, 'startsAt'),
    endsAt: timeText(given.endsAt, 'endsAt'),
    ...{ catchUp: catchUp ?? null, overlap: overlap ?? null },
    catchUpMs: milliseconds(given.catchUpWindow, 'catchUpWindow'),
    isFromEnd: given.fromEnd ?? null,
    stopsOnFailure: given.stopOnFailure ?? null,
    maxRuns: given.maxRuns ?? null,
    options: startOptions(given),
  };
}

function placeOf(scheduleId: string, place: Place): [string, string] {
  checkOptions(place, ['namespace', 'tx'], 'a schedule');
  const namespace = checkName(place.namespace ?? 'durable', 'namespace');
  return [checkName(scheduleId, 'scheduleId'), namespace];
}

const dateOf = (time: number | null) => (time === null ? null : new Date(time));

function statusOf(row: ScheduleRow): ScheduleStatus {
  const { key, workflow, queue, rule, timezone, state, lastJob, lastState, runCount } = row;
  return {
    ...{ scheduleId: key, workflowName: workflow, taskQueue: queue, rule, timezone, state },
    ...{ nextAt: dateOf(row.nextAt), lastAt: dateOf(row.lastAt), runCount },
    ...{ lastWorkflowId: lastJob, lastState },
  };
}

/** Schedules: rows that start workflows by a cron expression or an interval. */
export class ScheduleClient {
  constructor(private readonly hub: Hub) {}

  /**
   * Creates a schedule; resolves to its next occurrence, null if there is none. The same schedule
   * again changes nothing, so that every start of a program may create its schedules. A run knows
   * when it was due from its workflow id: `<scheduleId>@2026-03-29T01:30:00Z`.
   *
   * @example
   * await client.schedule.create({
   *   scheduleId: 'report', workflow: report, taskQueue: 'reports',
   *   cron: '30 8 * * mon-fri', timezone: 'Europe/Berlin',
   * });
   * @throws RatchetError WF306 when the id has a schedule with other terms.
   */
  async create(options: ScheduleOptions): Promise<Date | null> {
    checkOptions(options, OPTIONS, 'schedule.create');
    const terms = termsOf(options.scheduleId, options);
    if (options.workflow === undefined) workflowName(undefined);
    checkTogether(options, true);
    const first = {
      isPaused: options.paused ?? false,
      delayMs: milliseconds(options.delay, 'delay'),
    };
    await this.hub.prepare();
    const { database } = this.hub;
    const tx = queryableOf(options.tx);
    if (!hasCodec()) return dateOf(await createSchedule(database, terms, first, tx));
    const json = toJson(options.args ?? [], 'args') ?? '[]';
    return dateOf(await createEncodedSchedule(database, terms, json, first, tx));
  }

  /** Changes what is given, from now on; resolves to the next occurrence. */
  async alter(scheduleId: string, changes: ScheduleChanges): Promise<Date | null> {
    checkOptions(changes, CHANGES, 'schedule.alter');
    const terms = termsOf(scheduleId, changes);
    checkTogether(changes, false);
    await this.hub.prepare();
    return dateOf(await alterSchedule(this.hub.database, terms, queryableOf(changes.tx)));
  }

  /** Lets it rest; what would be due meanwhile is left out. */
  async pause(scheduleId: string, place: Place = {}): Promise<void> {
    const named = placeOf(scheduleId, place);
    await this.hub.prepare();
    await pauseSchedule(this.hub.database, named, queryableOf(place.tx));
  }

  /** Lets it go on; resolves to the next occurrence. */
  async resume(scheduleId: string, place: Place = {}): Promise<Date | null> {
    const named = placeOf(scheduleId, place);
    await this.hub.prepare();
    return dateOf(await resumeSchedule(this.hub.database, named, queryableOf(place.tx)));
  }

  /** Deletes it; its jobs go on. Resolves to whether there was one. */
  async delete(scheduleId: string, place: Place = {}): Promise<boolean> {
    const named = placeOf(scheduleId, place);
    await this.hub.prepare();
    return deleteSchedule(this.hub.database, named, queryableOf(place.tx));
  }

  /** Starts a run now, beside its occurrences; resolves to the id of the job. */
  async trigger(scheduleId: string, place: Place = {}): Promise<string> {
    const named = placeOf(scheduleId, place);
    const workflowId = `${scheduleId}@${randomUUID()}`;
    await this.hub.prepare();
    await triggerSchedule(this.hub.database, named, workflowId, queryableOf(place.tx));
    return workflowId;
  }

  /** The schedule as it is now; undefined if there is none. */
  async get(scheduleId: string, namespace = 'durable'): Promise<ScheduleStatus | undefined> {
    const [id] = placeOf(scheduleId, { namespace });
    await this.hub.prepare();
    const [row] = await readSchedules(this.hub.database, namespace, id);
    return row && statusOf(row);
  }

  /** All schedules of a namespace. */
  async list(namespace = 'durable'): Promise<ScheduleStatus[]> {
    checkName(namespace, 'namespace');
    await this.hub.prepare();
    return (await readSchedules(this.hub.database, namespace, null)).map(statusOf);
  }
}
