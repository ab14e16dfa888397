import { middle, type Per } from '../cost';
import { interleaved, spreadOf } from '../measure';
import { closePeers, figuresOf, guarded, openPeers, type PeerSide } from '../peers/side';
import { judged } from '../peers/targets';
import type { Result } from '../report';
import { openLimit, openOurs, type Side } from '../sides';
import { drain, type Drained } from './drain';
import type { Workload } from './workload';

/** A peer's runs: as many workflows as it does in the given time, judged by the run before. */
export function peerRun(side: PeerSide, flow: string, most: number, seconds: number) {
  let count = Math.max(Math.round(most / 20), 10);
  return guarded(side, async () => {
    await side.reset();
    const drained = await drainSignalled(side, flow, count);
    count = Math.min(Math.max(Math.round(drained.perSecond * seconds), 10), most);
    return drained;
  });
}

/** Drains a side whose workflows may wait for signals. */
export function drainSignalled(side: Side, flow: string, count: number): Promise<Drained> {
  const signals = flow === 'signals' ? () => side.signal?.(count) ?? Promise.resolve() : undefined;
  return drain(side, flow, count, undefined, signals);
}

interface Counted {
  name: string;
  unit: string;
  /** How many of the unit a workflow has. */
  each: number;
  per: Per;
}

/** The line of a workload that compares drained sides. */
export function comparison(
  { name, unit, each, per }: Counted,
  raw: Record<string, Drained[]>,
  against: string | undefined,
  peers: PeerSide[] = [],
): Result {
  const rate = ({ perSecond }: Drained) => perSecond * each;
  const rates = (side: string) => (raw[side] ?? []).map(rate);
  const ours = spreadOf(rates('ours'));
  const theirs = against === undefined ? undefined : spreadOf(rates(against));
  const names = ['ours', ...Object.keys(raw).filter((side) => side !== 'ours')];
  const costs = names.map((side) => ({ side, per, cost: middle(raw[side]) }));
  return {
    ...{ name, unit, ours: ours.median, oursSpread: ours },
    ...(theirs === undefined ? {} : { against: theirs.median, againstSpread: theirs }),
    ...(peers.length === 0 ? {} : { peers: figuresOf(peers, raw, rate, 'jobs/s') }),
    costs,
    raw,
  };
}

/** What a workflow of ours may cost under load. */
function costTargets(ours: Drained): Result[] {
  const { transactions, walBytes, notifiesPerSecond = NaN } = ours;
  const line = (name: string, unit: string, value: number, isMet: boolean, target: string) => ({
    ...{ name: `hello, ${name}`, unit, ours: value, isMet, target },
  });
  const wal = walBytes / 1024;
  return [
    line('commits', '/workflow', transactions, transactions <= 0.05, '≤ 0.05'),
    line('WAL', 'KB/workflow', wal, wal <= 2, '≤ 2'),
    line('NOTIFYs', '/s', notifiesPerSecond, notifiesPerSecond < 1, '< 1'),
  ];
}

/** Throughput of one kind of workflow, counted in steps. */
export function throughputOf(flow: string, steps: number): Workload {
  return async ({ server, flags }) => {
    const amount = (n: number) => Math.max(Math.round(n / (steps === 1 ? 1 : steps * 0.4)), 10);
    const count = amount(flags.n);
    const sides = [await openOurs(server, flags), await openLimit(server, flags)];
    const peers = await openPeers(server, flags, flow);
    try {
      const run = (side: Side, most: number) => async () => {
        await side.reset();
        return drain(side, flow, most);
      };
      const seconds = flags.isQuick ? 0.5 : 3;
      const others = peers.map((side) => [side.kind, peerRun(side, flow, count, seconds)] as const);
      const programs = (most: number) =>
        Object.fromEntries([
          ...sides.map((side) => [side.kind, run(side, most)] as const),
          ...others,
        ]);
      // Warms up: compiled code, plans, files of the database.
      await interleaved(1, programs(amount(flags.warmUp)));
      const raw = await interleaved(flags.shortRounds, programs(count));
      const isOne = steps === 1;
      const [unit, name] = isOne ? ['workflows/s', 'workflow'] : ['steps/s', 'step'];
      const counted = { name: flow, unit, each: steps, per: { count: steps, name } };
      const result = comparison(counted, raw, 'limit', peers);
      const isMet = result.ours / (result.against ?? NaN) >= 0.6;
      const bounds = isOne ? { engine: 15, queue: 0.4 } : flow === 'seq10' ? { engine: 15 } : {};
      const judgedPeers = judged(result.peers, result.ours, bounds);
      return [
        { ...result, target: '≥ 0.6', isMet, ...(judgedPeers ? { peers: judgedPeers } : {}) },
        ...(isOne ? costTargets(middle(raw['ours'])) : []),
      ];
    } finally {
      for (const side of sides) await side.worker.stop();
      await closePeers(peers);
    }
  };
}
