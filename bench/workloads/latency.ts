import { randomUUID } from 'node:crypto';
import { quantile, shuffled, spreadOf } from '../measure';
import { reportAbsence } from '../peers/absences';
import { closePeers, guarded, openPeers, type PeerSide } from '../peers/side';
import { showProgress } from '../progress';
import type { PeerFigure, Result } from '../report';
import { clientOf, openOurs, type Side } from '../sides';
import type { Workload } from './workload';

const BLOCK = 20;

interface Exchange {
  /** From before the start to the first line of the step, and to the result, in milliseconds. */
  toStep: number;
  toResult: number | undefined;
}

/** One clock for all processes of the machine. */
const now = () => performance.timeOrigin + performance.now();

function ourExchange(side: Side): () => Promise<Exchange> {
  const { workflow } = clientOf(side.database.url);
  return async () => {
    const step = side.worker.heard<number>('step');
    const started = now();
    const shared = { taskQueue: 'bench', workflowName: 'timed' };
    const handle = await workflow.start({ ...shared, workflowId: randomUUID(), args: [1] });
    await handle.result();
    const toResult = now() - started;
    return { toStep: (await step) - started, toResult };
  };
}

function peerExchange({ worker, client }: PeerSide): () => Promise<Exchange> {
  return async () => {
    const step = worker.heard<number>('step');
    const exchange = client.send<{ started: number; milliseconds?: number }>('exchange', {
      flow: 'timed',
    });
    const { started, milliseconds } = await exchange;
    return { toStep: (await step) - started, toResult: milliseconds };
  };
}

/**
 * A few exchanges, one after another; fewer of a program that takes its time. The worker runs no
 * longer than that, so that its looking for work does not disturb the others.
 */
async function block(
  side: Side,
  exchange: () => Promise<Exchange>,
  milliseconds: number,
): Promise<Exchange[]> {
  const found: Exchange[] = [];
  await side.drain('timed', 0);
  await exchange(); // the worker has begun
  const started = performance.now();
  while (found.length < BLOCK && performance.now() - started < milliseconds) {
    found.push(await exchange());
  }
  await side.worker.send('rest');
  return found;
}

function line(
  name: string,
  q: number,
  raw: Record<string, Exchange[]>,
  sides: PeerSide[],
  figure: (exchange: Exchange) => number | undefined,
): Result {
  const at = (exchanges: Exchange[] = []) => {
    const values = exchanges.map(figure).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : quantile(values, q);
  };
  const peers: PeerFigure[] = [];
  for (const { kind } of sides) {
    const value = at(raw[kind]);
    if (value !== undefined) peers.push({ name: kind, spread: spreadOf([value]) });
  }
  return { name: `${name} p${q * 100}`, unit: 'ms', ours: at(raw['ours']) ?? NaN, peers };
}

/** How soon a workflow or job runs, and is known to be done, while nothing else is to be done. */
export const latency: Workload = async ({ server, flags }) => {
  const ours = await openOurs(server, flags);
  const peers = await openPeers(server, flags, 'latency');
  const programs: Record<string, () => Promise<Exchange[] | undefined>> = {};
  const milliseconds = flags.isQuick ? 1_500 : 4_000;
  await ours.reset();
  const own = ourExchange(ours);
  programs['ours'] = () => block(ours, own, milliseconds);
  for (const side of peers) {
    const { result } = side.peer.cannot;
    if (result !== undefined) reportAbsence(side.kind, 'start to result', result);
    await guarded(side, () => side.reset())();
    const exchange = peerExchange(side);
    programs[side.kind] = guarded(side, () => block(side, exchange, milliseconds));
  }
  const raw: Record<string, Exchange[]> = {};
  for (let round = -1; round < flags.rounds; round += 1) {
    for (const [name, run] of shuffled(Object.entries(programs))) {
      showProgress(`round ${round + 1} of ${flags.rounds}: ${name}`);
      const found = (await run()) ?? [];
      if (round >= 0 && found.length > 0) (raw[name] ??= []).push(...found);
    }
  }
  await ours.worker.stop();
  await closePeers(peers);
  const results = [
    line('start to step', 0.5, raw, peers, ({ toStep }) => toStep),
    line('start to step', 0.99, raw, peers, ({ toStep }) => toStep),
    line('start to result', 0.5, raw, peers, ({ toResult }) => toResult),
    line('start to result', 0.99, raw, peers, ({ toResult }) => toResult),
  ];
  const [first] = results;
  if (first !== undefined) first.raw = raw;
  return results;
};
