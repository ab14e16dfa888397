import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { nodeProgram } from './node';

export interface Usage {
  rss: number;
  heapUsed: number;
}

/** A worker process: plain Node, as users run it, told what to do by messages. */
export class Child {
  private readonly process: ChildProcess;
  private readonly answers = new Map<number, (message: Message) => void>();
  private readonly listeners = new Map<string, Listener>();
  private count = 0;
  private failure: Error | undefined;

  constructor(file: string, profileFolder?: string, nodeOptions: string[] = []) {
    const profile = ['--cpu-prof', '--cpu-prof-dir', profileFolder ?? ''];
    this.process = fork(join(__dirname, file), {
      execPath: nodeProgram().path,
      execArgv: ['--expose-gc', ...(profileFolder === undefined ? [] : profile), ...nodeOptions],
    });
    this.process.on('message', (message: Message) => {
      if (message.event !== undefined) this.listeners.get(message.event)?.resolve(message.value);
      else this.answers.get(message.id)?.(message);
    });
    this.process.on('error', (error) => this.fail(error));
    this.process.on('exit', (code) => this.fail(new Error(`${file} ended with ${code}`)));
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const answer of this.answers.values()) answer({ id: 0, error: error.message });
    for (const { reject } of this.listeners.values()) reject(error);
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
    return this.heard('done');
  }

  /** Resolves with what the process next says of its own accord under that name. */
  heard<T>(event: string): Promise<T> {
    const heard = new Promise<T>((resolve, reject) => {
      this.listeners.set(event, { resolve: resolve as Listener['resolve'], reject });
    });
    heard.catch(() => {}); // whoever waits hears of it; nobody need
    return heard;
  }

  /** Is told whatever the process says from now on under that name. */
  watch(event: string, told: (value: unknown) => void): void {
    this.listeners.set(event, { resolve: told, reject: () => {} });
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (this.failure !== undefined) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    await this.send('rest');
    await this.send('exit');
    await ended;
  }
}

interface Listener {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

interface Message {
  id: number;
  event?: string;
  value?: unknown;
  error?: string;
}
