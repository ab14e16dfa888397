import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { interleaved, median, seconds, spreadOf } from '../measure';
import { closePeers, figuresOf, guarded, openPeers, type PeerSide } from '../peers/side';
import type { Result } from '../report';
import { clientOf, openLimit, openOurs, type Side } from '../sides';
import type { Workload } from './workload';

const CLIENTS = 20;

/** The result of a workload that measures starts a second. */
function resultOf(name: string, least: number, raw: Record<string, number[]>, peers: PeerSide[]) {
  const [ours, limit] = [raw['ours'] ?? [], raw['limit'] ?? []];
  const result: Result = {
    name,
    unit: 'starts/s',
    ours: median(ours),
    against: median(limit),
    oursSpread: spreadOf(ours),
    againstSpread: spreadOf(limit),
    target: `≥ ${least}`,
    isMet: median(ours) / median(limit) >= least,
    peers: figuresOf(peers, raw, (perSecond) => perSecond),
    raw,
  };
  return [result];
}

/** Starts in batches of a thousand, one after another on one connection. */
export const bulk: Workload = async ({ server, flags }) => {
  const sides = [await openOurs(server, flags), await openLimit(server, flags)];
  const peers = await openPeers(server, flags, 'bulk');
  const run = (side: Side, count: number) => async () => {
    await side.reset();
    return count / (await seconds(() => side.start('hello', count, randomUUID())));
  };
  const count = flags.n * 2;
  const programs = Object.fromEntries([
    ...sides.map((side) => [side.kind, run(side, count)] as const),
    ...peers.map((side) => {
      const most = side.peer.kind === 'queue' ? count : Math.round(count / 20);
      return [side.kind, guarded(side, run(side, most))] as const;
    }),
  ]);
  await interleaved(1, programs);
  const raw = await interleaved(flags.rounds, programs);
  for (const side of sides) {
    await side.reset();
    await side.worker.stop();
  }
  await closePeers(peers);
  return resultOf('bulk start', 0.8, raw, peers);
};

/** How often twenty callers, each waiting for the call before, get through in a second. */
async function rate(call: () => Promise<void>, milliseconds: number): Promise<number> {
  const started = performance.now();
  let count = 0;
  const caller = async () => {
    for (; performance.now() - started < milliseconds; count += 1) await call();
  };
  await Promise.all(Array.from({ length: CLIENTS }, caller));
  return (count / (performance.now() - started)) * 1000;
}

/** Twenty callers, each starting one workflow after another, beside one-row inserts. */
export const single: Workload = async ({ server, flags }) => {
  const ours = await server.database('ours');
  const limit = await server.database('limit');
  const peers = await openPeers(server, flags, 'single');
  const { workflow } = clientOf(ours.url);
  const pool = new Pool({ connectionString: limit.url, max: CLIENTS });
  const insert = { name: 'row', text: 'insert into bare.row (key, args) values ($1, $2)' };
  const milliseconds = flags.isQuick ? 500 : 2_000;
  const start = async () => {
    const shared = { taskQueue: 'bench', workflowName: 'hello' };
    await workflow.start({ ...shared, workflowId: randomUUID(), args: [1] });
  };
  const write = async () => void (await pool.query({ ...insert, values: [randomUUID(), '[1]'] }));
  const asked = { flow: 'hello', clients: CLIENTS, milliseconds };
  const programs = Object.fromEntries<() => Promise<number | undefined>>([
    ['ours', () => rate(start, milliseconds)],
    ['limit', () => rate(write, milliseconds)],
    ...peers.map((side) => {
      const run = guarded(side, () => side.client.send<number>('single', asked));
      return [side.kind, run] as const;
    }),
  ]);
  await interleaved(1, programs);
  const raw = await interleaved(flags.rounds, programs);
  await pool.end();
  for (const side of peers) await guarded(side, () => side.reset())();
  await closePeers(peers);
  return resultOf('single start', 0.7, raw, peers);
};
