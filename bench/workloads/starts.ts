import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { interleaved, median, seconds } from '../measure';
import type { Result } from '../report';
import { clientOf, openLimit, openOurs, type Side } from '../sides';
import type { Workload } from './workload';

const CLIENTS = 20;

/** Starts in batches of a thousand, one after another on one connection. */
export const bulk: Workload = async ({ server, flags }) => {
  const sides = [await openOurs(server, flags), await openLimit(server, flags)];
  const count = flags.n * 2;
  const run = (side: Side) => async () => {
    await side.reset();
    return count / (await seconds(() => side.start('hello', count, randomUUID())));
  };
  const pairs = Object.fromEntries(sides.map((side) => [side.kind, run(side)]));
  await interleaved(1, pairs);
  const raw = await interleaved(flags.rounds, pairs);
  for (const side of sides) {
    await side.reset();
    await side.worker.stop();
  }
  const [ours, against] = [median(raw['ours'] ?? []), median(raw['limit'] ?? [])];
  return [{ name: 'bulk start', unit: 'starts/s', ours, against, target: '(≥ 0.8 later)', raw }];
};

/** Twenty callers, each starting one workflow after another, beside one-row inserts. */
export const single: Workload = async ({ server, flags }) => {
  const ours = await server.database('ours');
  const limit = await server.database('limit');
  const { workflow } = clientOf(ours.url);
  const pool = new Pool({ connectionString: limit.url, max: CLIENTS });
  const insert = { name: 'row', text: 'insert into bare.row (key, args) values ($1, $2)' };
  const calls = {
    ours: async () => {
      const shared = { taskQueue: 'bench', workflowName: 'hello' };
      await workflow.start({ ...shared, workflowId: randomUUID(), args: [1] });
    },
    limit: async () => void (await pool.query({ ...insert, values: [randomUUID(), '[1]'] })),
  };
  const milliseconds = flags.isQuick ? 500 : 2_000;
  const rate = (call: () => Promise<void>) => async () => {
    const started = performance.now();
    let count = 0;
    const caller = async () => {
      for (; performance.now() - started < milliseconds; count += 1) await call();
    };
    await Promise.all(Array.from({ length: CLIENTS }, caller));
    return (count / (performance.now() - started)) * 1000;
  };
  const pairs = { ours: rate(calls.ours), limit: rate(calls.limit) };
  await interleaved(1, pairs);
  const raw = await interleaved(flags.rounds, pairs);
  await pool.end();
  const [a, against] = [median(raw['ours'] ?? []), median(raw['limit'] ?? [])];
  const result: Result = { name: 'single start', unit: 'starts/s', ours: a, against, raw };
  return [{ ...result, target: '(≥ 0.7 later)' }];
};
