import { interleaved, mark, median, since, spreadOf } from '../measure';
import { closePeers, figuresOf, guarded, openPeers, type PeerSide } from '../peers/side';
import type { Result } from '../report';
import { openLimit, openOurs, untilQuiet, type Side } from '../sides';
import type { Usage } from '../child';
import type { Workload } from './workload';

interface Drained {
  perSecond: number;
  transactions: number;
  walBytes: number;
  nodeMs: number;
  startedPerSecond: number;
}

let runs = 0;

/** Starts `count` workflows up front, then lets one worker process run them all. */
export async function drain(
  side: Side,
  flow: string,
  count: number,
  options?: object,
): Promise<Drained> {
  const { client } = side.database;
  const prefix = `${flow}-${(runs += 1)}`;
  const before = await side.ended();
  const starting = performance.now();
  await side.start(flow, count, prefix);
  const startedPerSecond = (count / (performance.now() - starting)) * 1000;
  const cost = await mark(client);
  const cpu = await side.worker.send<Usage>('usage');
  const done = side.worker.done();
  const called = performance.timeOrigin + performance.now();
  const started = (await side.drain(flow, count, options)) ?? called;
  await done;
  await untilQuiet(side);
  const elapsed = (performance.timeOrigin + performance.now() - started) / 1000;
  const { walBytes, transactions } = await since(client, cost);
  const { cpuMs } = await side.worker.send<Usage>('usage');
  await side.worker.send('rest');
  const ended = (await side.ended()) - before;
  if (ended !== count) throw new Error(`${side.kind}: ${ended} of ${count} ${flow} ended`);
  return {
    perSecond: count / elapsed,
    transactions: transactions / count,
    walBytes: walBytes / count,
    nodeMs: (cpuMs - cpu.cpuMs) / count,
    startedPerSecond,
  };
}

/** The middle of each figure. */
export function middle(found: Drained[] = []): Drained {
  const of = (key: keyof Drained) => median(found.map((each) => each[key]));
  return {
    perSecond: of('perSecond'),
    transactions: of('transactions'),
    walBytes: of('walBytes'),
    nodeMs: of('nodeMs'),
    startedPerSecond: of('startedPerSecond'),
  };
}

export function note(name: string, { transactions, walBytes, nodeMs }: Drained): string {
  const wal = `${(walBytes / 1024).toFixed(2)} KB of WAL`;
  const cpu = `${(nodeMs * 1000).toFixed(0)} µs of Node's CPU time`;
  return `${name}: per workflow ${transactions.toFixed(4)} commits, ${wal}, ${cpu}`;
}

/** A peer's runs: as many workflows as it does in the given time, judged by the run before. */
function peerRun(side: PeerSide, flow: string, most: number, seconds: number) {
  let count = Math.max(Math.round(most / 20), 10);
  return guarded(side, async () => {
    await side.reset();
    const drained = await drain(side, flow, count);
    count = Math.min(Math.max(Math.round(drained.perSecond * seconds), 10), most);
    return drained;
  });
}

/** Throughput of one kind of workflow, counted in steps. */
export function drainOf(flow: string, steps: number): Workload {
  return async ({ server, flags }) => {
    const count = Math.max(Math.round(flags.n / (steps === 1 ? 1 : steps * 0.4)), 10);
    const sides = [await openOurs(server, flags), await openLimit(server, flags)];
    const peers = await openPeers(server, flags, flow);
    try {
      const run = (side: Side) => async () => {
        await side.reset();
        return drain(side, flow, count);
      };
      const seconds = flags.isQuick ? 1.5 : 3;
      const programs = Object.fromEntries([
        ...sides.map((side) => [side.kind, run(side)] as const),
        ...peers.map((side) => [side.kind, peerRun(side, flow, count, seconds)] as const),
      ]);
      await interleaved(1, programs); // warms up: compiled code, plans, files of the database
      const raw = await interleaved(flags.rounds, programs);
      const ours = middle(raw['ours']);
      const limit = middle(raw['limit']);
      const spread = (name: string) =>
        spreadOf((raw[name] ?? []).map(({ perSecond }) => perSecond * steps));
      const result: Result = {
        name: flow,
        unit: steps === 1 ? 'workflows/s' : 'steps/s',
        ours: ours.perSecond * steps,
        against: limit.perSecond * steps,
        oursSpread: spread('ours'),
        againstSpread: spread('limit'),
        target: '≥ 1/3',
        isMet: ours.perSecond / limit.perSecond >= 1 / 3,
        peers: figuresOf(peers, raw, ({ perSecond }) => perSecond * steps, 'jobs/s'),
        notes: [...sides, ...peers]
          .filter(({ kind }) => raw[kind] !== undefined)
          .map(({ kind }) => note(kind, middle(raw[kind]))),
        raw,
      };
      return [result];
    } finally {
      for (const side of sides) await side.worker.stop();
      await closePeers(peers);
    }
  };
}
