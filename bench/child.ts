import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Usage {
  rss: number;
  heapUsed: number;
  cpuMs: number;
}

/** A worker process: plain Node, as users run it, told what to do by messages. */
export class Child {
  private readonly process: ChildProcess;
  private readonly answers = new Map<number, (message: Message) => void>();
  private count = 0;
  private onDone: (() => void) | undefined;
  private failure: Error | undefined;

  constructor(file: string, profileFolder?: string) {
    const profile = ['--cpu-prof', '--cpu-prof-dir', profileFolder ?? ''];
    this.process = fork(join(__dirname, file), {
      execArgv: ['--expose-gc', ...(profileFolder === undefined ? [] : profile)],
    });
    this.process.on('message', (message: Message) => {
      if (message.event === 'done') this.onDone?.();
      else this.answers.get(message.id)?.(message);
    });
    this.process.on('exit', (code) => {
      this.failure = new Error(`${file} ended with ${code}`);
      for (const answer of this.answers.values()) answer({ id: 0, error: this.failure.message });
    });
  }

  send<T = void>(command: string, given: object = {}): Promise<T> {
    const id = (this.count += 1);
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) throw this.failure;
      this.answers.set(id, (message) => {
        this.answers.delete(id);
        if (message.error === undefined) resolve(message.value as T);
        else reject(new Error(message.error));
      });
      this.process.send({ id, command, given });
    });
  }

  /** Resolves when the number of workflows that `drain` was told have run. */
  done(): Promise<void> {
    return new Promise((resolve) => {
      this.onDone = resolve;
    });
  }

  async stop(): Promise<void> {
    if (this.failure !== undefined) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    await this.send('rest');
    await this.send('exit');
    await ended;
  }
}

interface Message {
  id: number;
  event?: string;
  value?: unknown;
  error?: string;
}
