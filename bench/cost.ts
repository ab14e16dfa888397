import { median } from './measure';
import type { Reading } from './meter';

/** What a workflow cost; undefined where it is not known. */
export interface Cost {
  transactions: number;
  statements: number;
  notifies: number | undefined;
  walBytes: number;
  /** CPU time of the server and of the worker processes. */
  postgresMs: number | undefined;
  nodeMs: number;
  /** What tables and indexes grew by, the start of the workflow included. */
  bytesLeft: number;
}

/** The cost of each of `count` workflows, as far as readings before and after tell it. */
export function between(
  before: Reading,
  after: Reading,
  count: number,
): Omit<Cost, 'nodeMs' | 'bytesLeft'> {
  const each = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : (to - from) / count;
  return {
    transactions: (after.transactions - before.transactions) / count,
    statements: (after.statements - before.statements) / count,
    notifies: each(before.notifies, after.notifies),
    walBytes: (after.walBytes - before.walBytes) / count,
    postgresMs: each(before.postgresMs, after.postgresMs),
  };
}

/** The middle of each figure. */
export function middle<T extends object>(found: T[] = []): T {
  const keys = Object.keys(found[0] ?? {}) as (keyof T)[];
  const of = (key: keyof T) => {
    const values = found.map((each) => each[key] as number | undefined);
    const known = values.filter((value) => value !== undefined);
    return [key, known.length === 0 ? undefined : median(known)];
  };
  return Object.fromEntries(keys.map(of)) as T;
}

/** How many steps a cost is divided by, when a workflow has many, and what they are called. */
export interface Per {
  count: number;
  name: string;
}

/** What a workflow of one of the programs cost, or a step of it. */
export interface CostOf {
  side: string;
  per: Per;
  cost: Cost;
}

function rare(value: number): string {
  return value === 0 || value >= 1 ? `${Number(value.toPrecision(3))}` : value.toFixed(4);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(2)} KB`;
}

/** One line: what it cost to run, and what it left in the database. */
export function costLine({ side, per, cost }: CostOf): string {
  const { transactions, statements, notifies, walBytes, postgresMs, nodeMs, bytesLeft } = cost;
  const us = (ms: number) => `${((ms * 1000) / per.count).toFixed(0)} µs`;
  const parts = [
    `${rare(transactions / per.count)} commits`,
    `${rare(statements / per.count)} statements`,
    ...(notifies === undefined ? [] : [`${rare(notifies / per.count)} NOTIFYs`]),
    `${kilobytes(walBytes / per.count)} of WAL`,
    `${kilobytes(bytesLeft / per.count)} left`,
    postgresMs === undefined
      ? `CPU: Node ${us(nodeMs)}`
      : `CPU: Postgres ${us(postgresMs)}, Node ${us(nodeMs)}`,
  ];
  return `${side}: per ${per.name} ${parts.join(', ')}`;
}
