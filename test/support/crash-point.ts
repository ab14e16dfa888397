import { Client } from 'pg';

/** Where in the conversation with the engine a process kills itself. */
export interface CrashPoint {
  /** The exchange, counted from 1 since it was armed. */
  at: number;
  when: Moment;
}

/**
 * Before it is sent; when it is sent and not answered; when the answer is there and not yet read.
 */
export const MOMENTS = ['before', 'sent', 'received'] as const;
export type Moment = (typeof MOMENTS)[number];

type Query = (this: Client, ...args: unknown[]) => unknown;

let count = 0;
let crash: CrashPoint | undefined;
let isWatching = false;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function isExchange(statement: unknown): boolean {
  return (statement as { name?: unknown } | null)?.name === 'ratchet_exchange';
}

/** The caller's callback, which is not reached if the process is to die with the answer unread. */
function answered(args: unknown[], number: number): unknown[] {
  return args.map((argument) => {
    if (typeof argument !== 'function') return argument;
    return (...results: unknown[]): unknown => {
      if (crash?.at === number && crash.when === 'received') die();
      return (argument as (...given: unknown[]) => unknown)(...results);
    };
  });
}

function watch(): void {
  isWatching = true;
  const original = Reflect.get(Client.prototype, 'query') as unknown as Query;
  const query: Query = function (...args) {
    if (!isExchange(args[0])) return original.apply(this, args);
    count += 1;
    if (crash?.at === count && crash.when === 'before') die();
    const answer = original.apply(this, answered(args, count));
    // The kernel has the whole message: the engine reads it, and finds nobody to answer.
    if (crash?.at === count && crash.when === 'sent') die();
    return answer;
  };
  Client.prototype.query = query as unknown as typeof Client.prototype.query;
}

/** Counts the exchanges of this process from now on, and kills it at one of them. */
export function armCrash(point?: CrashPoint): void {
  count = 0;
  crash = point;
  if (!isWatching) watch();
}

export function exchangeCount(): number {
  return count;
}
