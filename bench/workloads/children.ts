import { interleaved } from '../measure';
import { closePeers, openPeers } from '../peers/side';
import { openOurs } from '../sides';
import { drain } from './drain';
import { comparison, peerRun } from './throughput';
import type { Workload } from './workload';

const CHILDREN = 10;

/** Workflows that start ten children of one step at once, and await them all. */
export const children: Workload = async ({ server, flags }) => {
  const ours = await openOurs(server, flags);
  const peers = await openPeers(server, flags, 'children');
  const count = Math.max(Math.round(flags.n / 20), 10);
  const run = async () => {
    await ours.reset();
    return drain(ours, 'children', count);
  };
  const seconds = flags.isQuick ? 1 : 3;
  const programs = Object.fromEntries([
    ['ours', run] as const,
    ...peers.map((side) => [side.kind, peerRun(side, 'children', count, seconds)] as const),
  ]);
  try {
    await interleaved(1, programs);
    const raw = await interleaved(flags.rounds, programs);
    const per = { count: CHILDREN, name: 'child' };
    const counted = { name: 'children', unit: 'children/s', each: CHILDREN, per };
    return [comparison(counted, raw, undefined, peers)];
  } finally {
    await ours.worker.stop();
    await closePeers(peers);
  }
};
