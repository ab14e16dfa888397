import { reportProfile, type App } from '../database/graph-calls';
import { hubFor } from '../durable/connection';
import type { Engine } from '../engine/engine';
import type { Hub } from '../engine/hub';
import type { CallbackEntry } from '../engine/served';
import { RatchetError } from '../errors';
import type { Route } from '../database/worker-calls';
import { startsOnly, storedRetry, type HotMeshConfig, type WorkerConfig } from './config';
import { profileOf, QUORUM_PATTERN, type QuorumMessage } from './fleet';
import type { Logger } from './logger';
import { Subscriptions } from './subscriptions';
import { callbackRunner, type Counts } from './worker-callback';

export type QuorumCallback = (topic: string, message: QuorumMessage) => unknown;

/** The queue and the workflow that name the engines of an app. */
const ENGINES = '$graph';

/** The connection of an instance: its engine's, else that of its first worker. */
export function hubOfConfig({ engine, workers = [] }: HotMeshConfig): Hub {
  const connection = engine?.connection ?? workers[0]?.connection;
  if (connection === undefined) {
    throw new RatchetError('WF104', 'The connection is missing.', {
      hint: 'Give engine: { connection: { class: Client, options: { … } } }.',
    });
  }
  return hubFor(connection);
}

interface Started {
  engine: Engine;
  route: Route;
  entry: CallbackEntry;
}

/** One HotMesh.init: what it serves and what it hears. */
export class Instance {
  readonly space: string;
  readonly subscriptions: Subscriptions;
  readonly quorum = new Set<QuorumCallback>();
  private readonly counts: Counts = {};
  private readonly started: Started[] = [];
  /** What it serves with; databases by worker process. */
  private readonly engines = new Map<Engine, Hub>();

  constructor(
    private readonly hub: Hub,
    readonly app: App,
    readonly guid: string,
    readonly logger: Logger,
  ) {
    this.space = `${app.namespace}:${app.app}`;
    this.subscriptions = new Subscriptions(hub, this.space, logger);
  }

  async start({ engine, workers = [] }: HotMeshConfig): Promise<void> {
    if (engine !== undefined && !startsOnly(engine)) {
      const { hub } = this;
      const worker = this.engineOf(hub);
      worker.served.addGraphs();
      await worker.serve({ ...this.routeOf(ENGINES), workflow: ENGINES });
    }
    for (const worker of workers) if (worker.readonly !== true) await this.serve(worker);
    await this.subscriptions.listen(QUORUM_PATTERN, (payload) => this.hear(payload));
  }

  private engineOf(hub: Hub): Engine {
    const engine = hub.worker();
    this.engines.set(engine, hub);
    return engine;
  }

  private routeOf(queue: string): Route {
    const profile = { inited: new Date().toISOString() };
    return { namespace: this.space, queue, guid: this.guid, profile };
  }

  private async serve(worker: WorkerConfig): Promise<void> {
    const hub = hubFor(worker.connection, undefined, worker.workerCredentials);
    await hub.prepare();
    const run = callbackRunner(worker, this.counts, this.logger);
    const entry: CallbackEntry = { run, isLeaving: false };
    const route = { ...this.routeOf(worker.topic), retry: storedRetry(worker) };
    const engine = this.engineOf(hub);
    this.started.push({ engine, route, entry });
    engine.served.addCallback(route.namespace, route.queue, entry);
    await engine.serve(route);
  }

  private hear(message: QuorumMessage): void {
    const fail = (error: unknown) =>
      this.logger.error('quorum-callback-failed', { reason: String(error) });
    if (message.type === 'rollcall') {
      const profile = profileOf(this.counts);
      for (const [{ workerId }, { database }] of this.engines) {
        void reportProfile(database, workerId, this.guid, profile).catch(fail);
      }
    }
    for (const callback of this.quorum) {
      void (async () => callback(message.topic ?? 'quorum', message))().catch(fail);
    }
  }

  /** Takes nothing new; what runs is finished and handed in. */
  async stop(): Promise<void> {
    await this.subscriptions.endAll();
    for (const engine of this.engines.keys()) await engine.leave(this.guid);
    for (const { engine, route, entry } of this.started) {
      engine.served.removeCallback(route.namespace, route.queue, entry);
    }
  }
}
