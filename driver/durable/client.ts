import { randomUUID } from 'node:crypto';
import { startWorkflow, startWorkflows } from '../database/job-calls';
import { checkName } from '../database/names';
import type { Duration } from '../duration';
import type { EventSink } from '../events';
import type { Hub } from '../engine/hub';
import type { WorkflowFunction } from '../engine/run-workflow';
import { checkOptions } from '../options';
import { hubFor, type ConnectionConfig } from './connection';
import { defaultExpire } from './default-expire';
import { EscalationClient } from './escalation-client';
import { saying, signalJob, WorkflowHandle, type SignalOptions } from './handle';
import {
  checkStart,
  nameOf,
  queryableOf,
  type CheckedStart,
  type ClientStartOptions,
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

function optionsOf({ entity, expire, retry }: CheckedStart, isWatched = false): string | null {
  const isPlain = entity === undefined && expire === undefined && retry === undefined;
  if (isPlain && !isWatched) return null;
  return JSON.stringify({ entity, expire, retry, ...(isWatched ? { watch: true } : {}) });
}

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
    const start = checkStart(options, {
      ...defaultExpire(),
      ...(isFunction ? { workflow: nameOf(first) } : {}),
    });
    const { args, queue, workflow, workflowId, namespace } = start;
    const named = { args, queue, workflow, workflowId, namespace };
    const isWatched = this.hub.results.expectsWait();
    const request = { ...named, options: optionsOf(start, isWatched), requestId: randomUUID() };
    const tx = queryableOf(options.tx);
    await this.hub.prepare();
    await saying(workflowId, startWorkflow(this.hub.database, request, tx));
    return new WorkflowHandle(this.hub, queue, workflow, workflowId, namespace);
  }

  /**
   * Starts many jobs of one workflow in one commit; ids that exist are skipped. Returns how many
   * were new.
   */
  async startMany<A extends unknown[]>(
    options: Omit<ClientStartOptions, 'args' | 'workflowId'>,
    jobs: { workflowId: string; args: A }[],
  ): Promise<number> {
    const first = checkStart(options, defaultExpire());
    const shared = { ...first, options: optionsOf(first) };
    const checked = jobs.map((job) => checkStart({ ...options, ...job }));
    await this.hub.prepare();
    return startWorkflows(this.hub.database, shared, checked, queryableOf(options.tx));
  }

  /** The handle of a job; no I/O, and the id is not checked. */
  getHandle<R = unknown>(
    taskQueue: string,
    workflowName: string,
    workflowId: string,
    namespace = 'durable',
  ): WorkflowHandle<R> {
    const id = checkName(workflowId, 'workflowId');
    return new WorkflowHandle<R>(this.hub, taskQueue, workflowName, id, namespace);
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
}

/** @example const client = new Client({ connection: { class: Postgres, options } }); */
export class Client {
  readonly workflow: WorkflowClient;
  /** Tasks for people. */
  readonly escalations: EscalationClient;
  private readonly hub: Hub;
  private readonly events: EventSink | undefined;

  constructor(config: ClientConfig) {
    checkOptions(config, CLIENT_OPTIONS, 'Client');
    const { connection, install, notifications, events } = config;
    const settings = {
      ...(install === undefined ? {} : { install }),
      ...(notifications === undefined ? {} : { notifications }),
    };
    this.hub = hubFor(connection, settings);
    this.events = events;
    this.hub.taskEvents.add(events);
    this.workflow = new WorkflowClient(this.hub);
    this.escalations = new EscalationClient(this.hub, events);
    if (events !== undefined) {
      this.hub.whenReady(() => this.hub.announcements.engineStarted(events, 'durable'));
    }
  }

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
