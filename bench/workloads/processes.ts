import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { middle } from '../cost';
import { interleaved } from '../measure';
import type { Result } from '../report';
import { one, openOurs } from '../sides';
import { openChildren, teamOf } from '../team';
import { drain, type Drained } from './drain';
import { comparison } from './throughput';
import type { Workload } from './workload';

const LONG_MS = 100;
const SIZES = [1, 2, 4];
const DEADLOCKS = `select deadlocks::int from pg_stat_database where datname = current_database()`;

/** The waits for locks that a server has written to its log, in ms: those of more than 100 ms. */
function lockWaits(log: string): number[] {
  const waits = log.matchAll(/(?:acquired|still waiting for) .* after ([\d.]+) ms/g);
  return Array.from(waits, ([, milliseconds]) => Number(milliseconds));
}

/** hello run by several processes on one database, beside the same by one. */
export const processes: Workload = async ({ server, flags }) => {
  const { client } = await server.database('ours', 'processes');
  // For connections that come later: those of the workers.
  await client.query(`alter database bench_processes set log_lock_waits = on`);
  await client.query(`alter database bench_processes set deadlock_timeout = ${LONG_MS}`);
  const side = await openOurs(server, flags, 'processes');
  const others = await openChildren(side, flags, Math.max(...SIZES) - 1);
  const run = (size: number, count: number) => async () => {
    const team = teamOf(side, others.slice(0, size - 1));
    await team.reset();
    return drain(team, 'hello', count);
  };
  const sides = (countOf: (size: number) => number) =>
    Object.fromEntries(SIZES.map((size) => [String(size), run(size, countOf(size))]));
  const warmingUp = sides((size) => flags.warmUp * size);
  const measured = sides(() => flags.n * 2);
  try {
    const logged = readFileSync(server.logFile, 'utf8').length;
    const before = await one<number>(client, DEADLOCKS);
    await interleaved(1, warmingUp);
    const raw = await interleaved(flags.shortRounds, measured);
    await pause(1_100); // what sessions have counted is told at least once a second
    const deadlocks = (await one<number>(client, DEADLOCKS)) - before;
    const waits = lockWaits(readFileSync(server.logFile, 'utf8').slice(logged));
    const rates = SIZES.slice(1).map((size) => rateOf(size, raw));
    return [...rates, deadlocksOf(deadlocks), longestOf(waits)];
  } finally {
    for (const child of [side.worker, ...others]) await child.stop();
  }
};

function rateOf(size: number, raw: Record<string, Drained[]>): Result {
  const per = { count: 1, name: 'workflow' };
  const counted = { name: `hello, ${size} processes`, unit: 'workflows/s', each: 1, per };
  const found = { ours: raw[String(size)] ?? [], one: raw['1'] ?? [] };
  const result = comparison(counted, found, 'one');
  const isMet = middle(found.ours).perSecond >= middle(found.one).perSecond;
  const notes = ['limit: ours with one process'];
  return { ...result, notes, ...(size === 4 ? { target: '≥ 1', isMet } : {}) };
}

function deadlocksOf(ours: number): Result {
  return { name: 'deadlocks', unit: 'in all', ours, target: '0', isMet: ours === 0 };
}

function longestOf(waits: number[]): Result {
  const isMet = waits.length === 0;
  const notes = [`${waits.length} waits of more than ${LONG_MS} ms in the server's log; 0: none`];
  const [unit, target] = ['ms', `≤ ${LONG_MS}`];
  return { name: 'longest lock wait', unit, ours: Math.max(0, ...waits), target, isMet, notes };
}
