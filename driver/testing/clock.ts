import { setTimeout as pause } from 'node:timers/promises';
import { isBusy, readClock, readNextDue, readWhy, skipTime } from '../database/testing-calls';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';

const LOOK_MS = 2;
/** How long nothing may be able to move an awaited job before its waiters are told. */
const STUCK_MS = 5_000;

/**
 * Lets time pass as fast as work allows: while somebody waits for a result or for a time, and no
 * function can go on by itself, the clock moves to what is due next.
 */
export class TestClock {
  private readonly waitingFor = new Set<number>();
  private isStopped = false;
  private stuckSince: number | undefined;
  private readonly running: Promise<void>;

  constructor(private readonly hub: Hub) {
    this.running = this.run();
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.isWanted && this.hub.isAtRest) {
        await this.look().catch((error: unknown) => this.hub.results.reject(error));
      } else this.stuckSince = undefined;
      await pause(LOOK_MS, undefined, { ref: this.isWanted });
    }
  }

  private get isWanted(): boolean {
    return this.hub.results.isAwaited || this.waitingFor.size > 0;
  }

  private async look(): Promise<void> {
    const until = this.waitingFor.size === 0 ? null : Math.min(...this.waitingFor);
    const found = await skipTime(this.hub.database, until);
    if (found === 'stuck') await this.stuck();
    else this.stuckSince = undefined;
    // Also where there was something to do: a notification may have been missed.
    if (found !== 'stuck') this.hub.wake();
    if (found === 'skipped') this.hub.results.look();
  }

  /** Nothing is due, ever. The test itself may be about to send what is waited for. */
  private async stuck(): Promise<void> {
    this.stuckSince ??= performance.now();
    if (performance.now() - this.stuckSince < STUCK_MS) return;
    this.stuckSince = undefined;
    const why = await readWhy(this.hub.database);
    const error = new RatchetError('WF504', 'The awaited jobs cannot go on.', {
      detail: { waiting: why },
      hint: `Serve or send what they wait for:\n${why.join('\n')}`,
    });
    this.hub.results.reject(error);
  }

  /** Milliseconds since 1970, as the engine sees them. */
  now(): Promise<number> {
    return readClock(this.hub.database);
  }

  /**
   * Lets time pass; whatever becomes due meanwhile happens, in order. What the work itself takes
   * counts as well: three sleeps of ten days are over after thirty, however slow the machine.
   */
  async pass(milliseconds: number): Promise<void> {
    const began = performance.now();
    const wanted = (await this.now()) + milliseconds;
    let end = wanted;
    do {
      await this.reach(end);
      await this.idle();
      end = wanted + performance.now() - began;
    } while ((await readNextDue(this.hub.database)) <= end);
    await this.reach(end);
  }

  private async reach(end: number): Promise<void> {
    this.waitingFor.add(end);
    try {
      while ((await this.now()) < end) await pause(LOOK_MS);
    } finally {
      this.waitingFor.delete(end);
    }
  }

  /** Resolves when nothing can go on unless time passes or something comes from outside. */
  async idle(): Promise<void> {
    for (;;) {
      if (this.hub.isAtRest && !(await isBusy(this.hub.database)) && this.hub.isAtRest) return;
      this.hub.wake();
      await pause(LOOK_MS);
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    // The loop does not keep the process alive by itself, and is to come to its end all the same.
    const alive = setInterval(() => undefined, LOOK_MS);
    await this.running;
    clearInterval(alive);
  }
}
