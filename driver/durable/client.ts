import { randomUUID } from 'node:crypto';
import { userRows } from '../database/data-calls';
import { toJson } from '../database/json-door';
import { startHook, startWorkflow, startWorkflows } from '../database/job-calls';
import { checkName } from '../database/names';
import type { Duration } from '../duration';
import { checkSink, type EventSink } from '../events';
import type { Hub } from '../engine/hub';
import type { WorkflowFunction } from '../engine/run-workflow';
import { RatchetError } from '../errors';
import { checkOptions, refuseOption } from '../options';
import { currentTrace } from '../telemetry/spans';
import { telemetry } from '../telemetry/telemetry';
import { inTrace, type TraceOptions } from '../telemetry/trace-context';
import { hubFor, type ConnectionConfig } from './connection';
import { defaultExpire } from './default-expire';
import { EscalationClient } from './escalation-client';
import { HOOK_OPTIONS, type HookOptions } from './hooks';
import { meshClientOf, saying, signalJob, WorkflowHandle, type SignalOptions } from './handle';
import type { HotMeshClient } from './mesh-client';
import { ScheduleClient } from './schedules';
import { checkSettings } from './worker-options';
import {
  checkArguments,
  checkStart,
  nameOf,
  queryableOf,
  type CheckedStart,
  type ClientStartOptions,
  type Transaction,
} from './start-options';

export interface ClientConfig {
  connection: ConnectionConfig;
  /** false: the schema must be there already. Default true: installed on first use. */
  install?: boolean;
  /** false: results are found by polling alone. Default true. */
  notifications?: boolean;
  /** Told of what starts, stops and is committed here. */
  events?: EventSink;
}

const CLIENT_OPTIONS = ['connection', 'install', 'notifications', 'events'];

function optionsOf({ entity, expire, retry, search, lifetime }: CheckedStart, isWatched = false) {
  const watch = isWatched ? true : undefined;
  const options = { entity, expire, retry, search, watch, ...lifetime };
  const isPlain = Object.values(options).every((option) => option === undefined);
  return isPlain ? null : toJson(options, 'options');
}

/** A workflow joins the trace that is current where it is started, unless it was given one. */
function traced<O extends TraceOptions>(options: O): O {
  const active = telemetry();
  if (active === undefined || typeof options !== 'object' || options === null) return options;
  return inTrace(currentTrace(active), options);
}

const JOB_OPTIONS = ['workflowId', 'args'];

/** Starting and reaching workflows. */
export class WorkflowClient {
  constructor(private readonly hub: Hub) {}

  /**
   * Starts a workflow; resolves once that is durable. No worker need be running. Given the function
   * itself, its arguments are checked by the compiler and the handle knows the type of its result.
   *
   * @example
   * const handle = await client.workflow.start(orderWorkflow, {
   *   taskQueue: 'orders', workflowId: 'order-456', args: ['item-123', 5],
   * });
   * @throws DuplicateJobError when a job of this id is kept.
   */
  start<A extends unknown[], R>(
    workflow: (...args: A) => R,
    options: Omit<ClientStartOptions<A>, 'workflowName'>,
  ): Promise<WorkflowHandle<Awaited<R>>>;
  start<R = unknown>(options: ClientStartOptions): Promise<WorkflowHandle<R>>;
  async start(
    first: WorkflowFunction | ClientStartOptions,
    second: ClientStartOptions = {},
  ): Promise<WorkflowHandle> {
    const isFunction = typeof first === 'function';
    const options = isFunction ? second : first;
    const start = checkStart(traced(options), {
      ...defaultExpire(),
      ...(isFunction ? { workflow: nameOf(first) } : {}),
    });
    const { args, queue, workflow, workflowId, namespace } = start;
    const named = { args, queue, workflow, workflowId, namespace };
    const tx = queryableOf(options.tx);
    const isWatched = tx === undefined && this.hub.results.expectsWait(namespace, workflowId);
    const request = { ...named, options: optionsOf(start, isWatched), requestId: randomUUID() };
    await this.hub.prepare();
    const { database, starts } = this.hub;
    const started = tx === undefined ? starts.start(request) : startWorkflow(database, request, tx);
    await saying(workflowId, started);
    return new WorkflowHandle(this.hub, queue, workflow, workflowId, namespace);
  }

  /**
   * Starts many jobs of one workflow in one commit; ids that are taken are skipped. Returns how
   * many were free.
   */
  async startMany<A extends unknown[]>(
    options: Omit<ClientStartOptions, 'args' | 'workflowId'>,
    jobs: { workflowId: string; args: A }[],
  ): Promise<number> {
    const first = checkStart(traced(options), defaultExpire());
    const shared = { ...first, options: optionsOf(first), requestId: randomUUID() };
    if (!Array.isArray(jobs)) {
      refuseOption('startMany', 'jobs', jobs, 'Give a list of { workflowId, args }.');
    }
    const ids: string[] = [];
    const args: string[] = [];
    for (const job of jobs) {
      checkOptions(job, JOB_OPTIONS, 'a job of startMany');
      ids.push(checkName(job.workflowId, 'workflowId'));
      args.push(checkArguments(job.args));
    }
    await this.hub.prepare();
    return startWorkflows(this.hub.database, shared, ids, args, queryableOf(options.tx));
  }

  /**
   * Runs a function inside an existing job, in a thread of its own. Nothing happens if the job is
   * unknown, has finished or takes no hooks. Resolves, once it is durable, to an id of the call.
   *
   * @example
   * await client.workflow.hook({ workflowId: 'order-456', taskQueue: 'reviewers',
   *   workflowName: 'review', args: ['doc-1'] });
   */
  async hook(hooked: HookOptions & { tx?: Transaction }): Promise<string> {
    checkOptions(hooked, [...HOOK_OPTIONS, 'tx'], 'hook');
    const { tx, ...given } = hooked;
    const hook = checkStart({ ...given, workflowId: checkName(given.workflowId, 'workflowId') });
    const { args, queue, workflow, workflowId, namespace, retry, search } = hook;
    const named = { args, queue, workflow, workflowId, namespace, requestId: randomUUID() };
    const isPlain = (retry ?? search) === undefined;
    const options = isPlain ? null : toJson({ retry, search }, 'options');
    const request = { ...named, options };
    const queryable = queryableOf(tx);
    await this.hub.prepare();
    return startHook(this.hub.database, request, queryable);
  }

  /** The handle of a job; no I/O, and the id is not checked. */
  getHandle<R = unknown>(
    taskQueue: string,
    workflowName: string,
    workflowId: string,
    namespace = 'durable',
  ): WorkflowHandle<R> {
    const queue = checkName(taskQueue, 'taskQueue');
    const workflow = checkName(workflowName, 'workflowName');
    const id = checkName(workflowId, 'workflowId');
    const space = checkName(namespace, 'namespace');
    return new WorkflowHandle<R>(this.hub, queue, workflow, id, space);
  }

  /** Sends a signal; resolves once it is durable, with the signal's number. */
  signal(
    signalId: string,
    data?: unknown,
    namespace = 'durable',
    options?: SignalOptions | Duration,
  ): Promise<string> {
    return signalJob(this.hub, checkName(namespace, 'namespace'), signalId, data, options);
  }

  /**
   * Runs one statement of SQL on the database, with the engine's tables at hand; returns its rows
   * as objects. Queue, name and `index` are labels only; jobs of every namespace are in the tables.
   *
   * @example
   * await client.workflow.search('orders', 'orderWorkflow', null, 'sql',
   *   "select job_id from jobs_attributes where field = '_color' and value = $1", 'red');
   */
  async search<T = Record<string, unknown>>(
    _taskQueue: string,
    _workflowName: string,
    _namespace: string | null,
    _index: string,
    sql: string,
    ...params: unknown[]
  ): Promise<T[]> {
    if (typeof sql !== 'string' || sql.trim() === '') {
      throw new RatchetError('WF104', 'search was given no SQL.', {
        hint: 'Give (taskQueue, workflowName, namespace or null, index, sql, ...params).',
      });
    }
    await this.hub.prepare();
    return (await userRows(this.hub.database, sql, params)) as T[];
  }
}

/** @example const client = new Client({ connection: { class: Postgres, options } }); */
export class Client {
  readonly workflow: WorkflowClient;
  /** Tasks for people. */
  readonly escalations: EscalationClient;
  /** Starting workflows again and again. */
  readonly schedule: ScheduleClient;
  private readonly hub: Hub;
  private readonly events: EventSink | undefined;

  constructor(config: ClientConfig) {
    checkOptions(config, CLIENT_OPTIONS, 'Client');
    const { connection, install, notifications, events } = config;
    checkSettings({ install, notifications });
    checkSink(events);
    const settings = {
      ...(install === undefined ? {} : { install }),
      ...(notifications === undefined ? {} : { notifications }),
    };
    this.hub = hubFor(connection, settings);
    this.events = events;
    this.hub.taskEvents.add(events, 'durable');
    this.workflow = new WorkflowClient(this.hub);
    this.escalations = new EscalationClient(() => this.hub, events);
    this.schedule = new ScheduleClient(this.hub);
    if (events !== undefined) {
      this.hub.whenReady(() => this.hub.announcements.engineStarted(events, 'durable'));
    }
  }

  /**
   * The lower-level client, as `Entity.find` and `Search.findAllUserData` want it. It may be handed
   * on by itself: `new Escalations.Client({ getHotMeshClient: client.getHotMeshClient })`.
   */
  readonly getHotMeshClient = async (
    taskQueue?: string | null,
    namespace?: string | null,
  ): Promise<HotMeshClient> => {
    if (taskQueue) checkName(taskQueue, 'taskQueue');
    return meshClientOf(this.hub, checkName(namespace ?? 'durable', 'namespace'));
  };

  /**
   * Installs the engine, or brings it up to the version of this package. A namespace needs nothing
   * of its own; it is only named in the event.
   *
   * @throws Error `Invalid version number`
   */
  async deployAndActivate(namespace = 'durable', version?: string): Promise<void> {
    checkName(namespace, 'namespace');
    if (version !== undefined && !/^\d+$/.test(String(version))) {
      throw new Error('Invalid version number');
    }
    await this.hub.deploy();
    this.hub.announcements.engineDeployed(this.events, namespace);
  }
}
