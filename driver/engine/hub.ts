import { Pool, type ClientConfig } from 'pg';
import { Database } from '../database/database';
import type { Work } from '../database/exchange';
import { createListener, type Listener } from '../database/listener';
import { migrate } from '../database/migrate';
import type { Route } from '../database/worker-calls';
import { isRefusal } from '../connection-errors';
import { environmentNumber } from '../environment';
import { RatchetError } from '../errors';
import { log, type LogLevel } from '../log';
import { outside } from '../outside';
import { startTelemetry } from '../telemetry/telemetry';
import { Announcements } from './announcements';
import { startEagerly } from './eager-start';
import { Engine, type EngineOptions } from './engine';
import { GatheredStarts } from './gathered-starts';
import { contentOf, nameOf } from './identity';
import { Inbox } from './inbox';
import { watchGlobals } from './nondeterminism';
import type { Batch } from './report';
import { ResultWaiter, tellEnds } from './result-waiter';
import { stopOnSignals } from './stop-on-signals';
import { TaskEvents } from './task-events';

/**
 * How a database is named: a `pg` class or pool, and its options. Equal options are one connection;
 * a function in them (a `password` callback) is equal to itself only, so make it once.
 */
export interface Connection {
  class: unknown;
  options?: ClientConfig & Record<string, unknown>;
  /** Workers on it run nothing. */
  readonly?: boolean;
  provider?: 'postgres' | 'postgres.pool' | 'postgres.poolclient';
  /** Accepted and without effect. */
  retry?: object;
  /** Older name of `retry`. */
  retryPolicy?: object;
  /** Of a provisioned worker role, which may do nothing but work. */
  isSecured?: boolean;
}

/** Settings of a worker process; the first worker on a connection decides. */
export interface HubOptions extends Partial<Omit<EngineOptions, Wired>> {
  /** false: no LISTEN; work is found by polling alone. Default true. */
  notifications?: boolean;
  /** false: the schema must be there already. Default true. */
  install?: boolean;
  /** Of this worker's lines. Default: as HMSH_LOGLEVEL says. */
  logLevel?: LogLevel;
  /**
   * true: workflow functions of this process that read the clock, use chance or timers, or fetch,
   * are warned of in the log, once a place. For development: it replaces those globals. Default
   * false.
   */
  warnNondeterminism?: boolean;
}

/** What idle programs are told of, each on a channel of its own: nobody is woken in vain. */
const CHANNELS = { work: 'ratchet', results: 'ratchet_results', broadcasts: 'ratchet_broadcasts' };
/** What the hub, and not the user, gives the engine. */
type Wired = 'onError' | 'onAnswered' | 'isUpkept';
const DEFAULTS: Omit<EngineOptions, Wired> = {
  ...{ maxTurns: 2_000, maxActivities: 500, cacheSize: 10_000, pollMs: 1_000, leaseSeconds: 30 },
};

/** What the environment says, for settings that nobody gives. */
function environmentSettings(): HubOptions {
  const pollMs = environmentNumber('HMSH_BLOCK_TIME_MS', 1, 2 ** 31 - 1);
  const leaseSeconds = environmentNumber('HMSH_RESERVATION_TIMEOUT_S', 1, 3_600);
  return {
    ...(pollMs === undefined ? {} : { pollMs }),
    ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
  };
}

const hubs = new Map<string, Hub>();
/** Of those that are being closed. */
const closing = new Set<Promise<void>>();

/** Everything in this process that talks to one database: one pool, one listener, one worker. */
export class Hub {
  readonly database: Database;
  readonly results: ResultWaiter;
  readonly inbox: Inbox;
  readonly starts: GatheredStarts;
  readonly announcements = new Announcements();
  readonly taskEvents: TaskEvents;
  private readonly isSecured: boolean;
  private isRefused = false;
  private isPrepared = false;
  private readonly onReady: (() => void)[] = [];
  private engine: Engine | undefined;
  /** That of workers before. */
  private stopped: Promise<unknown> = Promise.resolve();
  private closed: Promise<void> | undefined;
  private listener: Listener | undefined;

  constructor(
    connection: Connection,
    private readonly settings: HubOptions,
  ) {
    const { class: given, options = {} } = connection;
    this.isSecured = connection.isSecured ?? false;
    const pool = isPool(given) ? given : undefined;
    const config = setIn(pool === undefined ? options : optionsOf(pool));
    this.database = new Database(config, pool, connection);
    this.results = new ResultWaiter(this.database, settings.pollMs);
    this.inbox = new Inbox(this.database, settings.pollMs);
    this.starts = new GatheredStarts(this.database, (request) => {
      return this.engine && startEagerly(this.engine, request);
    });
    this.taskEvents = new TaskEvents(this.database, (space, topic, hear) => {
      const overhear = () => this.overhear(space, topic, hear);
      if (this.isPrepared) overhear();
      else this.whenReady(overhear);
    });
  }

  async prepare(): Promise<void> {
    await this.database.prepare(!this.isSecured && (this.settings.install ?? true));
    this.isPrepared = true;
    for (const act of this.onReady.splice(0)) act();
  }

  /** Installs whatever is missing, now. */
  async deploy(): Promise<void> {
    await migrate({ pool: this.database.pool });
    await this.prepare();
  }

  /** Once the database has answered for the first time. */
  whenReady(act: () => void): void {
    this.onReady.push(act);
  }

  /** A role that may do nothing but work may not listen, and does without. */
  private overhear(space: string, topic: string, hear: (payload: string) => void): void {
    this.listen('broadcasts');
    const deliver = (_topic: string, payload: string) => hear(payload);
    this.inbox.subscribe(space, topic, false, deliver).catch((error: unknown) => {
      log('debug', 'events of tasks are not heard', error);
    });
  }

  /** Notifications of these are wanted from now on. */
  listen(to: keyof typeof CHANNELS): void {
    if (this.settings.notifications === false) return;
    this.listener ??= outside(() => this.openListener());
    this.listener.listenTo(CHANNELS[to]);
  }

  private openListener(): Listener {
    return createListener({
      connection: this.database.config,
      onNotify: (channel) => this.hear(channel),
      onListening: (channel) => {
        if (channel === CHANNELS.results) this.results.listening(true);
        else this.hear(channel);
      },
      onError: (error) => {
        this.results.listening(false);
        this.fail('the listener lost its connection', error);
      },
    });
  }

  private hear(channel: string): void {
    if (channel === CHANNELS.results) this.results.hear();
    else if (channel === CHANNELS.broadcasts) this.inbox.look();
    else this.engine?.notify();
  }

  private fail(message: string, error: unknown): void {
    if (this.isSecured && isRefusal(error)) this.refuse(error);
    else log('warn', message, error, this.settings.logLevel);
  }

  /** A role that was revoked stays revoked: trying again and again would help nobody. */
  private refuse(error: unknown): void {
    if (this.isRefused) return;
    this.isRefused = true;
    const message = 'the worker credentials were refused, so the worker has stopped';
    log('error', message, error, this.settings.logLevel);
    for (const [id, hub] of hubs) if (hub === this) hubs.delete(id);
    this.close(0).catch(() => undefined); // nothing is left to hand back
  }

  /** Settings count until there is a worker. */
  configure(settings: HubOptions): void {
    if (this.engine === undefined) Object.assign(this.settings, settings);
  }

  /** The worker side of this process. */
  worker(): Engine {
    this.listen('work');
    stopOnSignals(closeHubs);
    if (this.settings.warnNondeterminism === true) watchGlobals();
    const onError = (error: unknown) => this.fail('the engine did not answer as hoped', error);
    const onAnswered = (batch: Batch, work: readonly Work[], sentAt: number) => {
      this.taskEvents.published(batch);
      const { engine, results } = this;
      if (engine !== undefined) tellEnds(results, engine.turns, batch, work, sentAt);
    };
    const wired = { onError, onAnswered, isUpkept: !this.isSecured };
    this.engine ??= new Engine(this.database, { ...DEFAULTS, ...this.settings, ...wired });
    return this.engine;
  }

  /** No function of this process can go on by itself. */
  get isAtRest(): boolean {
    if (this.engine === undefined) return true;
    const { turns, rebuilding, claimed, loop } = this.engine;
    return turns.activeCount + rebuilding.size + claimed.size === 0 && loop.isAtRest;
  }

  /** There may be work. */
  wake(): void {
    this.engine?.notify();
  }

  /** What `engine` serves of these; without anything left to serve it stops. */
  async withdraw(engine: Engine, routes: Route[], graceMs: number): Promise<void> {
    if (engine !== this.engine) return engine.stop(graceMs); // it stops already
    if (engine.servesOnly(routes)) await this.stopWorker(graceMs);
    else await engine.withdraw(routes);
  }

  /** Hands work back; a worker made afterwards begins anew. */
  async stopWorker(graceMs: number): Promise<void> {
    const { engine } = this;
    this.engine = undefined;
    if (engine !== undefined) this.stopped = Promise.all([this.stopped, engine.stop(graceMs)]);
    await this.stopped;
    this.announcements.workersStopped();
  }

  /** Hands work back and closes every connection. */
  close(graceMs: number): Promise<void> {
    if (this.closed !== undefined) return this.closed;
    const closed = this.end(graceMs).finally(() => closing.delete(closed));
    closing.add(closed);
    return (this.closed = closed);
  }

  private async end(graceMs: number): Promise<void> {
    await this.stopWorker(graceMs);
    this.results.close();
    await this.inbox.close();
    await this.listener?.close();
    await this.database.close();
    this.announcements.enginesStopped();
  }
}

export function isPool(given: unknown): given is Pool {
  const pool = given as { totalCount?: unknown; idleCount?: unknown } | null;
  return typeof pool?.totalCount === 'number' && typeof pool.idleCount === 'number';
}

/** What a pool was made of; of its options it hides the password from enumeration. */
function optionsOf(pool: Pool): ClientConfig {
  const { password } = pool.options;
  return { ...pool.options, ...(password === undefined ? {} : { password }) };
}

/** Without options that are undefined: they would take the place of limits that the driver has. */
function setIn(options: ClientConfig): ClientConfig {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The hub of a connection; equal options share one, of functions the same. */
export function hubOf(connection: Connection, settings: HubOptions = {}): Hub {
  if (typeof connection !== 'object' || connection === null || !connection.class) {
    throw new RatchetError('WF104', 'A connection is { class, options }.', {
      hint: 'Give the pg Client or Pool class, or a pool: { class: Client, options: { … } }.',
    });
  }
  startTelemetry();
  const { class: given, options = {} } = connection;
  const id = isPool(given) ? nameOf(given) : contentOf(options);
  const known = hubs.get(id);
  known?.configure(settings);
  const hub = known ?? new Hub(connection, { ...environmentSettings(), ...settings });
  hubs.set(id, hub);
  return hub;
}

/** Stops everything in this process. Work in progress has `graceMs` to be handed in. */
export async function closeHubs(graceMs = 5_000): Promise<void> {
  for (const hub of hubs.values()) void hub.close(graceMs);
  hubs.clear();
  // Of somebody else's call, too: of a signal, or of a program that was told of the same one.
  await Promise.all(closing);
}
