import { setTimeout as pause } from 'node:timers/promises';
import type { Usage } from '../child';
import type { Flags } from '../flags';
import type { Result } from '../report';
import type { Server } from '../server';
import { openOurs } from '../sides';
import type { Workload } from './workload';

const MB = 1024 * 1024;
const PARKED = `select count(*) filter (where kind = 'wait')::int as waiting,
    count(*) filter (where kind = 'turn' and worker_id is not null)::int as held
  from ratchet_internal.messages`;

async function parked(server: Server, flags: Flags, cacheSize: number): Promise<Result> {
  const count = flags.isQuick ? 2_000 : 10_000;
  const side = await openOurs(server, { ...flags, profile: undefined });
  await side.reset();
  const before = await side.worker.send<Usage>('usage');
  await side.start('park', count, `park-${cacheSize}`);
  await side.drain('park', count, { cacheSize });
  for (let last = -1; ; await pause(500)) {
    const { waiting, held } = (await side.database.client.query(PARKED)).rows[0];
    if (waiting === count && held === last) break;
    last = held;
  }
  const { held } = (await side.database.client.query(PARKED)).rows[0];
  const after = await side.worker.send<Usage>('usage');
  await side.worker.stop();
  await side.reset();
  const heap = `heap ${(before.heapUsed / MB).toFixed(0)} → ${(after.heapUsed / MB).toFixed(0)} MB`;
  const rss = `RSS before ${(before.rss / MB).toFixed(0)} MB`;
  const each = `${((after.heapUsed - before.heapUsed) / held / 1024).toFixed(1)} KB of heap each`;
  const name = `memory, cache ${cacheSize.toLocaleString('en-US')}`;
  const notes = [`${count} parked, ${held} of them in memory; ${rss}; ${heap}; ${each}`];
  const isMet = after.rss / MB < 300;
  return { name, unit: 'MB RSS', ours: after.rss / MB, target: '< 300', isMet, notes };
}

/** The size of a worker process with workflows that wait for a signal. */
export const memory: Workload = async ({ server, flags }) => [
  await parked(server, flags, 10_000),
  await parked(server, flags, 1_000),
];
