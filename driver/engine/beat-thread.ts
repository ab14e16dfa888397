import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BeatSettings, FromThread, ThreadData, ToThread } from './heartbeat-thread';

const PULSE_MS = 250;
const STOP_TIMEOUT_MS = 1_000;
/** Another lease may follow at once, and a thread takes a tenth of a second to begin. */
const LINGER_MS = 1_000;

/** Whom the thread tells of one lease. */
export interface BeatListener {
  onLost: (workerId: string) => void;
  onError: (error: unknown) => void;
  /** The thread is gone, and nobody beats for this lease any more. */
  onEnd: () => void;
}

/** The leases of a process are kept by one thread, which runs heartbeat-thread. */
export class BeatThread {
  private static current: BeatThread | undefined;
  private static leases = 0;

  private readonly worker: Worker;
  private readonly listeners = new Map<number, BeatListener>();
  /** Resolve the promises of those who wait for an end of their beats. */
  private readonly stopping = new Map<number, () => void>();
  private readonly pulseTimer: NodeJS.Timeout;
  private lingering: NodeJS.Timeout | undefined;

  /** Begins the thread of this process unless it runs. Throws where there can be none. */
  static get(): BeatThread {
    return (BeatThread.current ??= new BeatThread());
  }

  private constructor() {
    const pulse = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const count = new Int32Array(pulse);
    this.worker = spawn({ pulse });
    this.worker.on('message', (message: FromThread) => this.hear(message));
    this.worker.on('error', (error) => this.listeners.forEach(({ onError }) => onError(error)));
    this.worker.once('exit', () => this.end());
    this.worker.unref(); // after the listeners: one for messages holds the process again
    this.pulseTimer = setInterval(() => Atomics.add(count, 0, 1), PULSE_MS).unref();
    this.linger(); // unless a lease follows
  }

  /** Beats until `stop`; the number names the lease to the other methods. */
  start(settings: BeatSettings, listener: BeatListener): number {
    const lease = (BeatThread.leases += 1);
    this.post({ kind: 'start', lease, settings });
    this.listeners.set(lease, listener);
    clearTimeout(this.lingering);
    return lease;
  }

  setWorkerId(lease: number, workerId: string): void {
    this.post({ kind: 'worker', lease, workerId });
  }

  /** Resolves when the connection is closed, after a second at the latest. */
  async stop(lease: number): Promise<void> {
    if (!this.listeners.delete(lease)) return;
    this.worker.ref(); // the process may not end while somebody waits for this
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_TIMEOUT_MS);
      this.stopping.set(lease, resolve);
      this.post({ kind: 'stop', lease });
    });
    clearTimeout(timer);
    this.stopping.delete(lease);
    if (this.stopping.size === 0) this.worker.unref();
    if (this.listeners.size === 0) this.linger();
  }

  private linger(): void {
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => {
      this.end();
      void this.worker.terminate();
    }, LINGER_MS).unref();
  }

  private hear(message: FromThread): void {
    if (message.kind === 'stopped') return this.stopping.get(message.lease)?.();
    const listener = this.listeners.get(message.lease);
    if (message.kind === 'lost') return listener?.onLost(message.workerId);
    listener?.onError(Object.assign(new Error(message.message), { code: message.code }));
  }

  private end(): void {
    clearInterval(this.pulseTimer);
    if (BeatThread.current === this) BeatThread.current = undefined;
    const left = [...this.listeners.values()];
    this.listeners.clear();
    for (const { onEnd } of left) onEnd();
    for (const resolve of this.stopping.values()) resolve();
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message);
  }
}

/** The thread runs the file beside this one: compiled, or the source where sources are run. */
function spawn(data: ThreadData): Worker {
  const extension = extname(__filename);
  const file = join(__dirname, `heartbeat-thread${extension}`);
  // What the program preloads is not wanted in here.
  if (extension !== '.ts') return new Worker(file, { workerData: data, execArgv: [] });
  // Except for what makes this process read TypeScript.
  return new Worker(`require(${JSON.stringify(file)})`, { eval: true, workerData: data });
}
