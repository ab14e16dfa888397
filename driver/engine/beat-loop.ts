import type { Client, ClientConfig } from 'pg';
import { HEARTBEAT_SQL } from '../database/heartbeat-sql';
import { within } from '../within';

const ANSWER_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 250;
const GOODBYE_TIMEOUT_MS = 500;

/** pg has it, its types do not. */
type UnrefableClient = Client & { unref(): void };

export interface BeatLoopOptions {
  pgConfig: ClientConfig;
  workerId: string;
  intervalMs: number;
  /** False leaves this beat out: the process has been stuck for too long to keep its lease. */
  mayBeat: () => boolean;
  onLost: (workerId: string) => void;
  onError: (error: unknown) => void;
}

export interface BeatLoop {
  setWorkerId(workerId: string): void;
  stop(): Promise<void>;
}

/**
 * Beats for one worker over a connection of its own, which it makes again whenever it is lost. A
 * new lease needs no beat yet, so a worker that ends before the first one is due costs no
 * connection. Keeps no process alive.
 */
export function startBeatLoop(options: BeatLoopOptions): BeatLoop {
  const { intervalMs, mayBeat, onLost, onError } = options;
  let workerId: string | undefined = options.workerId;
  let client: UnrefableClient | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let isStopped = false;
  let isBeating = false;

  function discard(): void {
    const broken = client;
    client = undefined;
    void broken?.end().catch(() => undefined);
  }

  async function connected(): Promise<UnrefableClient> {
    if (client !== undefined) return client;
    const { Client } = await import('pg');
    if (isStopped) throw new Error('The heartbeat was stopped before it had a connection.');
    const fresh = new Client({
      application_name: 'pgratchet heartbeat',
      keepAlive: true,
      ...options.pgConfig,
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    }) as UnrefableClient;
    client = fresh;
    fresh.on('error', (error) => {
      if (client !== fresh) return;
      client = undefined; // the next beat connects again
      onError(error);
    });
    const connecting = fresh.connect();
    fresh.unref();
    await connecting;
    fresh.unref(); // TLS has put another socket in its place
    return fresh;
  }

  async function beat(): Promise<void> {
    const beatenFor = workerId;
    if (beatenFor === undefined || !mayBeat()) return;
    const connection = await connected();
    const { rows } = await connection.query<{ is_alive: boolean }>(HEARTBEAT_SQL, [beatenFor]);
    // A worker that was lost stays lost; the main thread registers again and sets the new id.
    if (rows[0]?.is_alive !== false || workerId !== beatenFor || isStopped) return;
    workerId = undefined;
    onLost(beatenFor);
  }

  async function tick(): Promise<void> {
    if (isBeating || isStopped) return;
    isBeating = true;
    let delay = intervalMs;
    try {
      await beat();
      failures = 0;
    } catch (error) {
      discard();
      delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 16), intervalMs);
      failures += 1;
      if (!isStopped) onError(error);
    }
    isBeating = false;
    schedule(delay);
  }

  function schedule(delay: number): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void tick(), delay).unref();
  }

  schedule(intervalMs);
  return {
    setWorkerId(next) {
      workerId = next;
      schedule(intervalMs);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      // A peer that does not answer is not waited for.
      const ended = client?.end().catch(() => undefined);
      if (ended !== undefined) await within(GOODBYE_TIMEOUT_MS, ended);
    },
  };
}
