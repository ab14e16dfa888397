import { checkName } from '../database/names';
import { registerActivities, type ActivityFunction } from '../engine/activities';
import type { Hub, HubOptions } from '../engine/hub';
import { checkSink, type EventSink } from '../events';
import { checkOptions } from '../options';
import type { WorkflowFunction } from '../engine/run-workflow';
import { isRefusal } from '../connection-errors';
import { RatchetError } from '../errors';
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

/** Says what is about to be served, and connects. */
async function opened(
  config: Omit<WorkerConfig, 'taskQueue'>,
  queues: Iterable<string>,
  namespace: string,
): Promise<{ hub: Hub; told: () => void }> {
  const { connection, options, workerCredentials } = config;
  checkSink(config.events);
  if (config.guid !== undefined) checkName(config.guid, 'guid');
  const hub = hubFor(connection, options, workerCredentials);
  const { announcements } = hub;
  await permitted(workerCredentials, hub.prepare());
  announcements.engineStarted(config.events, namespace, config.guid);
  const told = () => {
    for (const queue of queues) announcements.workerStarted(config.events, queue, namespace);
  };
  return { hub, told };
}

/** A served queue. It is live when it is made. */
export class Worker {
  private constructor(private readonly hub: Hub | undefined) {}

  /**
   * Serves a workflow on a queue, and the queue's activities with the functions known to this
   * process. On a readonly connection it registers them and runs nothing.
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
    const { hub, told } = await opened(config, [queue], namespace);
    hub.taskEvents.add(config.events);
    if (isReadonly(config.connection)) return new Worker(undefined);
    const engine = hub.worker();
    const { workerCredentials } = config;
    const route = { namespace, queue, workflow, retry: policyOf(config.options) };
    const serving = engine.serveWorkflow(route, run);
    await permitted(workerCredentials, serving);
    await permitted(workerCredentials, engine.serveActivities({ namespace, queue }));
    told();
    return new Worker(hub);
  }

  /** @internal */
  static serving(hub: Hub | undefined): Worker {
    return new Worker(hub);
  }

  /** The worker is live already; nothing happens. */
  async run(): Promise<void> {
    // Kept for code that calls it.
  }

  /** Hands in what is finished, then hands back everything this process holds on the connection. */
  async stop(): Promise<void> {
    await this.hub?.stopWorker(GRACE_MS);
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
  const { hub, told } = await opened(config, queues, namespace);
  if (isReadonly(config.connection)) return Worker.serving(undefined);
  for (const queue of queues) {
    const serving = hub.worker().serveActivities({ namespace, queue });
    await permitted(config.workerCredentials, serving);
  }
  told();
  return Worker.serving(hub);
}
