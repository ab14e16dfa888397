import { Client } from 'pg';
import { middle, type Per } from '../cost';
import { median, spreadOf } from '../measure';
import type { Result } from '../report';
import { openOurs, type Side } from '../sides';
import { drainFor, type Drained } from './drain';
import type { Workload } from './workload';

const SIZES = `
  select json_object_agg(relname, pg_total_relation_size(oid)) as sizes from pg_class
  where oid in ('ratchet_internal.messages'::regclass, 'ratchet_internal.signals'::regclass,
    'ratchet_internal.workers'::regclass, 'ratchet_internal.worker_routes'::regclass)`;
const PER: Per = { count: 1, name: 'workflow' };
const PARTS = 4;

async function sizesOf({ database }: Side): Promise<Record<string, number>> {
  return (await database.client.query(SIZES)).rows[0].sizes;
}

function megabytes(bytes = NaN): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/**
 * hello, run after run, while a session holds a snapshot, so that no dead row can be removed; the
 * last quarter of that time beside as long before it.
 */
export const xmin: Workload = async ({ server, flags }) => {
  const side = await openOurs(server, flags, 'xmin');
  const holder = new Client({ connectionString: side.database.url });
  await holder.connect();
  const part = flags.hold / PARTS;
  const work = (seconds: number) => drainFor(side, 'hello', flags.n, seconds);
  try {
    await work(1);
    const free = await work(part);
    const sizes = [await sizesOf(side)];
    await holder.query('begin isolation level repeatable read; select 1');
    const held: Drained[][] = [];
    for (let i = 0; i < PARTS; i += 1) {
      held.push(await work(part));
      sizes.push(await sizesOf(side));
    }
    await holder.query('commit');
    const counts = held.map((found) => found.length * flags.n);
    return [rate(free, held, flags.hold), growth(sizes, counts)];
  } finally {
    await holder.end();
    await side.worker.stop();
    await side.reset();
  }
};

function rate(free: Drained[], held: Drained[][], seconds: number): Result {
  const rates = (found: Drained[] = []) => found.map(({ perSecond }) => perSecond);
  const [end, unhindered] = [spreadOf(rates(held.at(-1))), spreadOf(rates(free))];
  const ratio = end.median / unhindered.median;
  const quarters = held.map((found) => Math.round(median(rates(found))).toLocaleString('en-US'));
  return {
    ...{ name: `xmin held ${seconds} s`, unit: 'workflows/s' },
    ...{ ours: end.median, against: unhindered.median, oursSpread: end, againstSpread: unhindered },
    ...{ target: '≥ 0.8', isMet: ratio >= 0.8 },
    costs: [
      { side: 'held', per: PER, cost: middle(held.at(-1)) },
      { side: 'before', per: PER, cost: middle(free) },
    ],
    notes: [`limit: ours before; held, by quarters of the time: ${quarters.join(', ')}`],
    raw: { free, held },
  };
}

/**
 * The sizes of the tables whose rows come and go: at first and after each part of the time, in
 * which so many workflows ran. Bounded: a workflow of the second half adds hardly anything.
 */
function growth(sizes: Record<string, number>[], counts: number[]): Result {
  const at = (table: string) => sizes.map((each) => each[table] ?? NaN);
  const added = (from: number, to: number) => {
    const [before = NaN, after = NaN] = [at('messages')[from], at('messages')[to]];
    return (after - before) / counts.slice(from, to).reduce((sum, count) => sum + count, 0);
  };
  const [first, second] = [added(0, PARTS / 2), added(PARTS / 2, PARTS)];
  const notes = Object.keys(sizes[0] ?? {}).map((table) => {
    const [before, ...quarters] = at(table).map(megabytes);
    return `${table}: ${before} before; by quarters of the time: ${quarters.join(', ')}`;
  });
  notes.unshift(`in the first half of the time ${first.toFixed(0)} bytes a workflow`);
  const figures = { ours: second, target: 'bounded, ≤ 10', isMet: second <= 10 };
  return { name: 'messages while held', unit: 'B/workflow', ...figures, notes, raw: sizes };
}
