import type { PoolClient } from 'pg';

/** Rows that statements touched, by the text of the statement. */
export type Work = Map<string, number>;

/** A node of a plan, as auto_explain tells it. */
export interface Node {
  [field: string]: unknown;
  Filter?: string;
  'Join Filter'?: string;
  Plans?: Node[];
}

interface Notice {
  message?: string | undefined;
  where?: string | undefined;
}

const SETTINGS = `load 'auto_explain';
  set auto_explain.log_nested_statements = on; set auto_explain.log_analyze = on;
  set auto_explain.log_timing = off; set auto_explain.log_min_duration = 0;
  set auto_explain.log_format = json; set auto_explain.log_level = notice;
  set jit = off; set client_min_messages = notice`;

/**
 * Counts the rows that the statements of a session touch, those inside of functions included: each
 * row that a node of a plan gave or left out, and each time that a node was begun. What a bitmap
 * finds in its one index is not counted: the table gives the same rows again, save those that are
 * dead, and how many of those are left depends on what other sessions may still see. So it is the
 * same on any machine. The statements come with the plans that the session keeps, which onPlan is
 * given.
 */
export async function workMeter(client: PoolClient, onPlan?: (plan: Node, text: string) => void) {
  let work: Work = new Map();
  /** How many comparisons a condition with an array makes for each row. */
  let batch = 1;
  const listen = ({ message, where }: Notice) => {
    const begin = message?.indexOf('plan:\n') ?? -1;
    if (message === undefined || begin < 0) return;
    const plan = JSON.parse(message.slice(begin + 6)) as { 'Query Text': string; Plan: Node };
    const place = /function (\S+?)\(/.exec(where ?? '')?.[1] ?? 'the call';
    const statement = `${place}: ${plan['Query Text'].replaceAll(/\s+/g, ' ').trim()}`;
    work.set(statement, (work.get(statement) ?? 0) + rowsOf(plan.Plan, batch));
    onPlan?.(plan.Plan, statement);
  };
  client.on('notice', listen);
  await client.query(SETTINGS);
  return {
    /** What the statements of a call touched, a batch of so many items. */
    async measure<T>(items: number, call: () => Promise<T>) {
      [work, batch] = [new Map(), items];
      const result = await call();
      return { work, result };
    },
    async end() {
      client.off('notice', listen);
      await client.query('set auto_explain.log_min_duration = -1');
    },
  };
}

const REMOVED = ['Filter', 'Join Filter', 'Index Recheck'].map((by) => `Rows Removed by ${by}`);

function rowsOf(node: Node, batch: number): number {
  const number = (field: string) => Number(node[field] ?? 0);
  const removed = REMOVED.reduce((sum, field) => sum + number(field), 0);
  const given = number('Actual Rows') + removed;
  // An array of items that is a parameter of a kept plan is gone through for each row.
  const filter = `${node.Filter ?? ''}${node['Join Filter'] ?? ''}`;
  const each = /id = ANY \(\(?\$/.test(filter) ? batch : 1;
  const below = (node.Plans ?? [])
    .filter((child) => !(isBitmapOf(node, 'Heap') && isBitmapOf(child, 'Index')))
    .reduce((sum, child) => sum + rowsOf(child, batch), 0);
  return (given * each + 1) * number('Actual Loops') + below;
}

const isBitmapOf = (node: Node, what: 'Heap' | 'Index') =>
  node['Node Type'] === `Bitmap ${what} Scan`;
