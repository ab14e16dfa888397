import { checkName } from '../database/names';
import type { Route } from '../database/worker-calls';
import { registerActivities, type ActivityFunction } from '../engine/activities';
import type { Engine } from '../engine/engine';
import type { Hub, HubOptions } from '../engine/hub';
import { checkSink, type EventSink } from '../events';
import { checkOptions } from '../options';
import type { WorkflowFunction } from '../engine/run-workflow';
import { isRefusal } from '../connection-errors';
import { RatchetError } from '../errors';
import { log } from '../log';
import type { WorkerCredentials } from './credentials';
import type { RetryPolicy } from './retry-policy';
import { hubFor, isReadonly, type ConnectionConfig } from './connection';
import { checkSettings, policyOf } from './worker-options';

export interface WorkerConfig {
  connection: ConnectionConfig;
  /** Queue to serve: the workflow, and the activities of its process. */
  taskQueue: string;
  namespace?: string;
  /**
   * Settings of the process; the first worker on a connection decides. Of a workflow also its
   * retries, where a start says nothing of them.
   */
  options?: HubOptions & RetryPolicy;
  /** Names this process in events; must be unique. Default: generated. */
  guid?: string;
  /** Told of what starts, stops and is committed here. */
  events?: EventSink;
  /** Login of a provisioned worker role, used for everything this worker does. */
  workerCredentials?: WorkerCredentials;
}

const WORKER_OPTIONS = [
  'connection',
  'taskQueue',
  'namespace',
  'options',
  'guid',
  'events',
  'workerCredentials',
];
const WORKFLOW_OPTIONS = [...WORKER_OPTIONS, 'workflow', 'activities', 'search'];

export interface WorkflowWorkerConfig extends WorkerConfig {
  /** A named function, or a record of one: its key is the name of a function without one. */
  workflow: WorkflowFunction | Record<string, WorkflowFunction>;
  /** Functions to register in this process and serve for the queue. */
  activities?: object;
  /** Accepted and without effect. */
  search?: object;
}

/** How long work in progress may take to be handed in. */
const GRACE_MS = 5_000;
const DEFAULT_ACTIVITY_QUEUE = 'durable-activities';

function workflowOf(
  given: WorkflowFunction | Record<string, WorkflowFunction>,
): [string, WorkflowFunction] {
  if (typeof given === 'function' && given.name !== '') return [given.name, given];
  if (typeof given === 'object' && given !== null) {
    const [key, run] = Object.entries(given).at(-1) ?? [];
    if (key !== undefined && typeof run === 'function') return [run.name || key, run];
  }
  throw new RatchetError('WF104', 'workflow is not a named function.', {
    hint: 'Give a named function, or { name: function }.',
  });
}

/** What worker credentials do not allow is said of them, in whatever words Postgres refused it. */
async function permitted<T>(
  credentials: WorkerCredentials | undefined,
  call: Promise<T>,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const isOurs = error instanceof RatchetError;
    if (credentials === undefined || isOurs || !isRefusal(error)) throw error;
    throw new RatchetError('WF701', 'The worker credentials were refused.', {
      detail: { user: credentials.user, reason: (error as Error).message },
      hint: 'The role was revoked or its password rotated: provision it again, or use the new one.',
      cause: error,
    });
  }
}

/** Connects, and says that there is an engine. */
async function opened(config: Omit<WorkerConfig, 'taskQueue'>, namespace: string): Promise<Hub> {
  const { connection, options, workerCredentials } = config;
  checkSink(config.events);
  if (config.guid !== undefined) checkName(config.guid, 'guid');
  const hub = hubFor(connection, options, workerCredentials);
  await permitted(workerCredentials, hub.prepare());
  hub.announcements.engineStarted(config.events, namespace, config.guid);
  return hub;
}

/** What a worker serves, and how. */
class Serving {
  private readonly engine: Engine;
  private readonly routes: Route[] = [];
  private stopped: (() => void)[] = [];

  constructor(
    private readonly hub: Hub,
    private readonly config: Omit<WorkerConfig, 'taskQueue'>,
  ) {
    this.engine = hub.worker();
  }

  /** All of it or nothing. */
  async begin(queues: Iterable<string>, serve: () => Promise<void>): Promise<void> {
    try {
      await serve();
    } catch (error) {
      await this.engine.withdraw(this.routes.splice(0)).catch(() => undefined);
      throw error;
    }
    const { events, namespace = 'durable' } = this.config;
    const { announcements } = this.hub;
    for (const queue of queues) {
      this.stopped.push(announcements.workerStarted(events, queue, namespace));
    }
  }

  async workflow(route: Route & { workflow: string }, run: WorkflowFunction): Promise<void> {
    this.routes.push(route);
    await permitted(this.config.workerCredentials, this.engine.serveWorkflow(route, run));
  }

  async activities(route: Route): Promise<void> {
    this.routes.push(route);
    await permitted(this.config.workerCredentials, this.engine.serveActivities(route));
  }

  /** Where its role may serve the workflows of the queue only, others serve the activities. */
  async activitiesIfPermitted(route: Route): Promise<void> {
    try {
      await this.activities(route);
    } catch (error) {
      if (!(error instanceof RatchetError) || error.code !== 'WF701') throw error;
      this.routes.splice(this.routes.indexOf(route), 1);
      const message = `its role may not serve the activities of queue ${route.queue}; others must`;
      log('info', message, undefined, this.config.options?.logLevel);
    }
  }

  async end(): Promise<void> {
    await this.hub.withdraw(this.engine, this.routes.splice(0), GRACE_MS);
    for (const tell of this.stopped.splice(0)) tell();
  }
}

/** A served queue. It is live when it is made. */
export class Worker {
  private constructor(private readonly serving: Serving | undefined) {}

  /**
   * Serves a workflow on a queue, and the queue's activities with the functions known to this
   * process. On a readonly connection it registers them and runs nothing. With credentials of a
   * role that may serve the workflows only, and without `activities`, it serves the workflow.
   *
   * @example
   * await Worker.create({ connection, taskQueue: 'orders', workflow: orderWorkflow });
   */
  static async create(config: WorkflowWorkerConfig): Promise<Worker> {
    checkOptions(config, WORKFLOW_OPTIONS, 'Worker.create');
    checkSettings(config.options);
    const queue = checkName(config.taskQueue, 'taskQueue');
    const namespace = checkName(config.namespace ?? 'durable', 'namespace');
    const [name, run] = workflowOf(config.workflow);
    const workflow = checkName(name, 'workflow');
    if (config.activities !== undefined) registerActivities(config.activities);
    const hub = await opened(config, namespace);
    hub.taskEvents.add(config.events, namespace);
    if (isReadonly(config.connection)) return new Worker(undefined);
    const serving = new Serving(hub, config);
    const route = { namespace, queue };
    await serving.begin([queue], async () => {
      await serving.workflow({ ...route, workflow, retry: policyOf(config.options) }, run);
      if (config.activities === undefined) await serving.activitiesIfPermitted(route);
      else await serving.activities(route);
    });
    return new Worker(serving);
  }

  /** @internal */
  static of(serving: Serving | undefined): Worker {
    return new Worker(serving);
  }

  /** The worker is live already; nothing happens. */
  async run(): Promise<void> {
    // Kept for code that calls it.
  }

  /**
   * Takes nothing new for what it serves; other workers of the process go on, and what they serve
   * too stays served. Its activities that run are finished. Its functions that run go on here to
   * their next wait; those that wait are given back, for whoever serves their workflow next. With
   * the last worker on the connection the process hands in what is finished, and hands back
   * everything else, running or not.
   */
  async stop(): Promise<void> {
    await this.serving?.end();
  }
}

/**
 * Serves activities without any workflow: those of `config.taskQueue` and, when given and
 * different, of the queue `name`. Idempotent.
 */
export async function registerActivityWorker(
  config: Omit<WorkerConfig, 'taskQueue'> & { taskQueue?: string },
  activities: object | ActivityFunction,
  name?: string,
): Promise<Worker> {
  checkOptions(config, WORKER_OPTIONS, 'registerActivityWorker');
  checkSettings(config.options);
  const namespace = checkName(config.namespace ?? 'durable', 'namespace');
  const given = [config.taskQueue, name].filter((queue) => queue !== undefined);
  const queues = new Set(given.length === 0 ? [DEFAULT_ACTIVITY_QUEUE] : given);
  for (const queue of queues) checkName(queue, 'taskQueue');
  registerActivities(activities);
  const hub = await opened(config, namespace);
  if (isReadonly(config.connection)) return Worker.of(undefined);
  const serving = new Serving(hub, config);
  await serving.begin(queues, async () => {
    for (const queue of queues) await serving.activities({ namespace, queue });
  });
  return Worker.of(serving);
}
