import { Client } from 'pg';

/** Where in the conversation with the engine a process kills itself. */
export interface CrashPoint {
  /** The exchange or statement, counted from 1 since it was armed. */
  at: number;
  when: Moment;
  /** What is counted. Default: exchanges. */
  of?: Counted;
}

/** Exchanges; the statements of the transaction of an activity; starts that the process may run. */
export type Counted = 'exchange' | 'transaction' | 'start';

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

const IN_TRANSACTION =
  /^(begin |set local |(release )?savepoint |insert into books|select ratchet.commit_act|commit$)/;

function kindOf(statement: unknown): Counted | undefined {
  const { name, text = statement } = Object(statement) as { name?: unknown; text?: unknown };
  if (typeof name === 'string' && name.startsWith('ratchet_exchange')) return 'exchange';
  if (name === 'ratchet_start_eagerly') return 'start';
  return typeof text === 'string' && IN_TRANSACTION.test(text) ? 'transaction' : undefined;
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
    if (kindOf(args[0]) !== (crash?.of ?? 'exchange')) return original.apply(this, args);
    count += 1;
    if (crash?.at === count && crash.when === 'before') die();
    const answer = original.apply(this, answered(args, count));
    // The kernel has the whole message: the engine reads it, and finds nobody to answer.
    if (crash?.at === count && crash.when === 'sent') die();
    // Without a callback it answers with a promise: this is the first to hear of it.
    if (crash?.at === count && answer instanceof Promise) void answer.finally(die);
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
