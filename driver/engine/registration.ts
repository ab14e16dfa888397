import { hostname } from 'node:os';
import type { Database } from '../database/database';
import { GOODBYE_TIMEOUT_MS } from '../database/time-limits';
import * as calls from '../database/worker-calls';
import { RatchetError } from '../errors';
import { outside } from '../outside';
import { within } from '../within';
import { startHeartbeat, type Heartbeat } from './heartbeat';

const UPKEEP_MS = 60_000;
const BEATS_A_LEASE = 5;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface RegistrationOptions {
  /** Seconds for which a silent worker keeps its work, 1 to 3,600. Default 30. */
  leaseSeconds: number;
  /** Whether it removes finished jobs in passing. */
  isUpkept: boolean;
  onError: (error: unknown) => void;
  /** The worker is registered, or its lease may be gone: look. */
  onChange: () => void;
}

/** Of one instance, where routes name theirs: of others the database knows that they stay. */
function isSame(route: calls.Route, other: calls.Route): boolean {
  const { namespace, queue, workflow, guid } = other;
  const isOfSame = route.namespace === namespace && route.guid === guid;
  return isOfSame && route.queue === queue && route.workflow === workflow;
}

/** This process as a worker in the database: its number, its routes, its lease. */
export class Registration {
  /** '' until it is registered. */
  workerId = '';
  /** How often it has asked what it holds. */
  epoch = 0;
  private routes: calls.Route[] = [];
  private heartbeat: Heartbeat | undefined;
  private upkeepTimer: NodeJS.Timeout | undefined;
  /** Lets the process live: all else that it waits for may be timers that do not. */
  private life: NodeJS.Timeout | undefined;
  private first: Promise<void> | undefined;
  private isEnded = false;
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly options: RegistrationOptions,
  ) {}

  /** Serves a route from now on; the first one registers the worker. */
  async serve(route: calls.Route): Promise<void> {
    this.routes.push(route);
    this.live();
    try {
      if (this.first === undefined) {
        this.first = this.register();
        await this.first;
      } else {
        await this.first;
        await this.inOrder(() => calls.addRoutes(this.database, this.workerId, [route]));
        this.options.onChange();
      }
    } catch (error) {
      // Whoever tries again is not held up by a route that was refused.
      this.routes = this.routes.filter((each) => each !== route);
      this.live();
      if (this.workerId === '') this.first = undefined;
      throw error;
    }
  }

  /** A process that serves goes on, though nothing happens in it. */
  private live(): void {
    const isServing = this.routes.length > 0 && !this.isEnded;
    if (isServing) {
      this.life ??= setInterval(() => undefined, LONGEST_TIMER_MS);
    } else {
      clearInterval(this.life);
      this.life = undefined;
    }
  }

  /** A route that comes while one like it goes is served in the end. */
  private inOrder<T>(change: () => Promise<T>): Promise<T> {
    const done = this.lastChange.then(change);
    this.lastChange = done.catch(() => undefined);
    return done;
  }

  /** No longer serves these. Returns those of them that nobody else here serves either. */
  async withdraw(routes: calls.Route[]): Promise<calls.Route[]> {
    this.routes = this.routes.filter((route) => !routes.includes(route));
    this.live();
    return this.inOrder(async () => {
      const isServed = (route: calls.Route) => this.routes.some((each) => isSame(each, route));
      const gone = routes.filter((route) => !isServed(route));
      await this.remove(gone);
      return gone;
    });
  }

  /** Without these it has nothing to serve. */
  servesOnly(routes: calls.Route[]): boolean {
    return this.routes.every((route) => routes.includes(route));
  }

  private async remove(routes: calls.Route[]): Promise<void> {
    await this.first?.catch(() => undefined);
    if (routes.length === 0 || this.workerId === '' || this.isEnded) return;
    try {
      await calls.removeRoutes(this.database, this.workerId, routes);
    } catch (error) {
      // Without its lease it serves nothing; it registers anew with the routes that are left.
      if (!(error instanceof RatchetError) || error.code !== 'WF401') throw error;
    }
  }

  /** Registers, under a new number each time. */
  async register(): Promise<void> {
    const { onError, onChange } = this.options;
    const leaseSeconds = Math.ceil(this.options.leaseSeconds);
    const name = `${hostname()}-${process.pid}`;
    this.workerId = await calls.registerWorker(this.database, name, this.routes, leaseSeconds);
    this.epoch = 0;
    if (this.heartbeat === undefined) this.startBeating(leaseSeconds, onError, onChange);
    else this.heartbeat.setWorkerId(this.workerId);
    onChange();
  }

  private startBeating(
    leaseSeconds: number,
    onError: (error: unknown) => void,
    onLost: () => void,
  ): void {
    const intervalMs = Math.min((leaseSeconds * 1_000) / BEATS_A_LEASE, 5_000);
    const { database, workerId } = this;
    const { config: pgConfig } = database;
    this.heartbeat = startHeartbeat({ pgConfig, workerId, intervalMs, onLost, onError });
    if (!this.options.isUpkept) return;
    const upkeep = () => void calls.prune(database).catch(onError);
    this.upkeepTimer = setInterval(outside, UPKEEP_MS, upkeep).unref();
  }

  /** Hands back what the worker holds and stops beating. */
  async end(): Promise<void> {
    this.isEnded = true;
    this.live();
    clearInterval(this.upkeepTimer);
    await this.first?.catch(() => undefined);
    if (this.workerId !== '') {
      const gone = calls.unregisterWorker(this.database, this.workerId);
      await within(GOODBYE_TIMEOUT_MS, gone.catch(this.options.onError));
    }
    await this.heartbeat?.stop();
  }
}
