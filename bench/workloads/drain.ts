import { between, type Cost } from '../cost';
import { showProgress } from '../progress';
import { untilQuiet, type Side } from '../sides';

export interface Drained extends Cost {
  perSecond: number;
  notifiesPerSecond: number | undefined;
  startedPerSecond: number;
}

let runs = 0;

const now = () => performance.timeOrigin + performance.now();

/** CPU time of the processes of a side, in ms. */
async function nodeMs({ worker, others = [] }: Side): Promise<number> {
  const all = await Promise.all([worker, ...others].map((child) => child.send<number>('cpu')));
  return all.reduce((sum, each) => sum + each, 0);
}

/**
 * Starts `count` workflows up front, then lets the worker run them all. `meanwhile` is what
 * happens while it does.
 */
export async function drain(
  side: Side,
  flow: string,
  count: number,
  options?: object,
  meanwhile?: () => Promise<void>,
): Promise<Drained> {
  const { meter } = side.database;
  const prefix = `${flow}-${(runs += 1)}`;
  const [before, bytes] = [await side.ended(), await meter.bytes()];
  const starting = performance.now();
  await side.start(flow, count, prefix);
  const startedPerSecond = (count / (performance.now() - starting)) * 1000;
  const cpu = await nodeMs(side);
  const reading = await meter.read();
  const done = side.done?.() ?? side.worker.done();
  const called = now();
  const started = (await side.drain(flow, count, options)) ?? called;
  await Promise.all([done, meanwhile?.()]);
  await untilQuiet(side);
  const elapsed = (now() - started) / 1000;
  const cost = between(reading, await meter.read(), count);
  const cpuAfter = await nodeMs(side);
  await (side.rest?.() ?? side.worker.send('rest'));
  const ended = (await side.ended()) - before;
  if (ended !== count) throw new Error(`${side.kind}: ${ended} of ${count} ${flow} ended`);
  const { notifies } = cost;
  return {
    perSecond: count / elapsed,
    ...cost,
    notifiesPerSecond: notifies === undefined ? undefined : (notifies * count) / elapsed,
    nodeMs: (cpuAfter - cpu) / count,
    bytesLeft: ((await meter.bytes()) - bytes) / count,
    startedPerSecond,
  };
}

/** Drains one side for so many seconds, a run after another; returns every run. */
export async function drainFor(
  side: Side,
  flow: string,
  count: number,
  seconds: number,
): Promise<Drained[]> {
  const until = now() + seconds * 1000;
  const found: Drained[] = [];
  while (now() < until) {
    showProgress(`${flow}: another ${((until - now()) / 1000).toFixed(0)} s`);
    found.push(await drain(side, flow, count));
  }
  return found;
}
