import { reportProfile, type App } from '../database/graph-calls';
import { hubFor } from '../durable/connection';
import type { Engine } from '../engine/engine';
import type { Hub } from '../engine/hub';
import type { CallbackEntry } from '../engine/served';
import { publishTask, TASKS, type TaskNews } from '../engine/task-events';
import type { EventSink } from '../events';
import type { Route } from '../database/worker-calls';
import {
  connectionOf,
  startsOnly,
  storedRetry,
  type HotMeshConfig,
  type WorkerConfig,
} from './config';
import { QUORUM_PATTERN, type QuorumMessage } from './fleet';
import type { Logger } from './logger';
import { saidOf } from './profile';
import { Subscriptions } from './subscriptions';
import { callbackRunner, type Counts } from './worker-callback';

export type QuorumCallback = (topic: string, message: QuorumMessage) => unknown;

/** The queue and the workflow that name the engines of an app. */
const ENGINES = '$graph';

/** The connection of an instance: its engine's, else that of its first worker. */
export function hubOfConfig({ engine, workers = [] }: HotMeshConfig): Hub {
  return hubFor(connectionOf(engine ?? workers[0] ?? {}, 'the engine'));
}

interface Started {
  engine: Engine;
  hub: Hub;
  route: Route;
  entry: CallbackEntry;
  worker: WorkerConfig;
}

function sumOf(counts: Map<string, Counts>): Counts {
  const sum: Counts = {};
  for (const [code, count] of [...counts.values()].flatMap((each) => Object.entries(each))) {
    sum[code] = (sum[code] ?? 0) + count;
  }
  return sum;
}

/** One HotMesh.init: what it serves and what it hears. */
export class Instance {
  readonly space: string;
  readonly subscriptions: Subscriptions;
  readonly quorum = new Set<QuorumCallback>();
  private readonly started: Started[] = [];
  /** What was answered, by topic. */
  private readonly counts = new Map<string, Counts>();
  /** What it serves, and with what. */
  private readonly routes = new Map<Engine, Route[]>();
  /** What lets its jobs go on. */
  private graphs: Engine | undefined;

  constructor(
    private readonly hub: Hub,
    readonly app: App,
    readonly guid: string,
    readonly logger: Logger,
  ) {
    this.space = `${app.namespace}:${app.app}`;
    this.subscriptions = new Subscriptions(hub, this.space, logger);
  }

  /** All of it or nothing. */
  async start(config: HotMeshConfig): Promise<void> {
    try {
      await this.begin(config);
    } catch (error) {
      await this.stop().catch(() => undefined); // the first error tells more
      throw error;
    }
  }

  private async begin({ engine, workers = [], events }: HotMeshConfig): Promise<void> {
    if (events !== undefined) await this.hearTasks(events);
    if (engine !== undefined && !startsOnly(engine)) {
      const worker = (this.graphs = this.hub.worker());
      worker.served.addGraphs();
      await this.serveRoute(worker, { ...this.routeOf(ENGINES), workflow: ENGINES });
    }
    for (const worker of workers) if (worker.readonly !== true) await this.serve(worker);
    await this.subscriptions.listen<QuorumMessage>(QUORUM_PATTERN, (said) => this.hear(said));
  }

  private async hearTasks(sink: EventSink): Promise<void> {
    await this.subscriptions.listen<TaskNews>(TASKS, (news) => publishTask(sink, news));
  }

  private async serveRoute(engine: Engine, route: Route): Promise<void> {
    this.routes.set(engine, [...(this.routes.get(engine) ?? []), route]);
    await engine.serve(route);
  }

  private routeOf(queue: string): Route {
    const profile = { inited: new Date().toISOString() };
    return { namespace: this.space, queue, guid: this.guid, profile };
  }

  private async serve(worker: WorkerConfig): Promise<void> {
    const connection = connectionOf(worker, `the worker of ${worker.topic}`);
    const hub = hubFor(connection, undefined, worker.workerCredentials);
    await hub.prepare();
    const run = callbackRunner(worker, this.countsOf(worker.topic), this.logger);
    const entry: CallbackEntry = { run, isLeaving: false };
    const route = { ...this.routeOf(worker.topic), retry: storedRetry(worker) };
    const engine = hub.worker();
    this.started.push({ engine, hub, route, entry, worker });
    engine.served.addCallback(route.namespace, route.queue, entry);
    await this.serveRoute(engine, route);
  }

  private answerRoll(isSigned: boolean, fail: (error: unknown) => void): void {
    const { guid } = this;
    const say = (engine: Engine, { database }: Hub, queue: string, profile: string) =>
      void reportProfile(database, engine.workerId, { guid, queue, profile }).catch(fail);
    for (const { engine, hub, worker } of this.started) {
      const { topic, callback } = worker;
      const signature = isSigned ? callback.toString() : undefined;
      say(engine, hub, topic, saidOf(this.countsOf(topic), signature));
    }
    if (this.graphs !== undefined) say(this.graphs, this.hub, ENGINES, saidOf(sumOf(this.counts)));
  }

  /** Workers that share a topic by workflow name are one in the roll call. */
  private countsOf(topic: string): Counts {
    const counts = this.counts.get(topic) ?? {};
    this.counts.set(topic, counts);
    return counts;
  }

  private hear(message: QuorumMessage): void {
    const fail = (error: unknown) =>
      this.logger.error('quorum-callback-failed', { reason: String(error) });
    if (message.type === 'rollcall') this.answerRoll(message['signature'] === true, fail);
    for (const callback of this.quorum) {
      void (async () => callback(message.topic ?? 'quorum', message))().catch(fail);
    }
  }

  /** Takes nothing new; what runs is finished and handed in. */
  async stop(): Promise<void> {
    const leaving = [...this.routes].map(([engine, routes]) => engine.withdraw(routes));
    try {
      await Promise.all([this.subscriptions.endAll(), ...leaving]);
    } finally {
      for (const { engine, route, entry } of this.started) {
        engine.served.removeCallback(route.namespace, route.queue, entry);
      }
    }
  }
}
