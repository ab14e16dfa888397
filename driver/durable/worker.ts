import { checkName } from '../database/names';
import { registerActivities, type ActivityFunction } from '../engine/activities';
import type { Hub, HubOptions } from '../engine/hub';
import type { EventSink } from '../events';
import type { WorkflowFunction } from '../engine/run-workflow';
import { RatchetError } from '../errors';
import { hubFor, type ConnectionConfig } from './connection';

export interface WorkerConfig {
  connection: ConnectionConfig;
  /** Queue to serve: the workflow, and the activities of its process. */
  taskQueue: string;
  namespace?: string;
  /** Settings of the process; the first worker on a connection decides. */
  options?: HubOptions & Record<string, unknown>;
  /** Told of what starts, stops and is committed here. */
  events?: EventSink;
}

export interface WorkflowWorkerConfig extends WorkerConfig {
  /** A named function, or a record of one: its key is the name of a function without one. */
  workflow: WorkflowFunction | Record<string, WorkflowFunction>;
  /** Functions to register in this process and serve for the queue. */
  activities?: object;
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

/** A served queue. It is live when it is made. */
export class Worker {
  private constructor(private readonly hub: Hub) {}

  /**
   * Serves a workflow on a queue, and the queue's activities with the functions known to this
   * process.
   *
   * @example
   * await Worker.create({ connection, taskQueue: 'orders', workflow: orderWorkflow });
   */
  static async create(config: WorkflowWorkerConfig): Promise<Worker> {
    const queue = checkName(config.taskQueue, 'taskQueue');
    const namespace = checkName(config.namespace ?? 'durable', 'namespace');
    const [workflow, run] = workflowOf(config.workflow);
    if (config.activities !== undefined) registerActivities(config.activities);
    const hub = hubFor(config.connection, config.options);
    hub.taskEvents.add(config.events);
    await hub.prepare();
    const engine = hub.worker();
    await engine.serveWorkflow(
      { namespace, queue, workflow: checkName(workflow, 'workflow') },
      run,
    );
    await engine.serveActivities({ namespace, queue });
    return new Worker(hub);
  }

  /** @internal */
  static serving(hub: Hub): Worker {
    return new Worker(hub);
  }

  /** The worker is live already; nothing happens. */
  async run(): Promise<void> {
    // Kept for code that calls it.
  }

  /** Hands in what is finished, then hands back everything this process holds on the connection. */
  async stop(): Promise<void> {
    await this.hub.stopWorker(GRACE_MS);
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
  const namespace = checkName(config.namespace ?? 'durable', 'namespace');
  const given = [config.taskQueue, name].filter((queue) => queue !== undefined);
  const queues = new Set(given.length === 0 ? [DEFAULT_ACTIVITY_QUEUE] : given);
  for (const queue of queues) checkName(queue, 'taskQueue');
  registerActivities(activities);
  const hub = hubFor(config.connection, config.options);
  await hub.prepare();
  for (const queue of queues) await hub.worker().serveActivities({ namespace, queue });
  return Worker.serving(hub);
}
