import { evaluate } from './graph-expressions';
import type { Graph } from './graph';
import type { ObservedJob } from './graph-observed';

/** What may have ended a job before all that was open in it had ended. */
export type End =
  | { kind: 'error'; code: number }
  | { kind: 'interrupt'; code: number; isThrown: boolean; expire: number }
  | { kind: 'threshold'; limit: number };

/** An interrupt of another job, and whether that was running. */
export interface Kill {
  target: string;
  isDone: boolean;
  end: End;
}

/** How long a job is kept that is started without saying so. */
const EXPIRE_SECONDS = 1;

/** How long a job of a graph is kept, which depends on nothing but its payload. */
export function expireOf(graph: Graph, trigger: string, payload: unknown): number {
  const seconds = evaluate(graph.expire, { [trigger]: { dad: ',0', output: payload } }, '');
  return typeof seconds === 'number' ? seconds : EXPIRE_SECONDS;
}

/** The entity of a job: what its trigger reads of the payload, or its topic. */
export function labelOf(graph: Graph, trigger: string, payload: unknown): string {
  const entry = { $self: { dad: ',0', output: payload } };
  const label = evaluate(graph.activities[trigger]?.['entity'], entry, '') as number | undefined;
  return label === undefined ? (graph.subscribes ?? '') : String(label);
}

/** What an interrupt says of the end that it brings. */
export const stopOf = (activity: Graph['activities'][string], expire: number) => ({
  code: Number(activity['code']),
  isThrown: activity['throw'] !== false,
  expire: (activity['expire'] as number | undefined) ?? expire,
});

function matches(job: ObservedJob, end: End, expire: number): boolean {
  const code = job.error?.code;
  if (end.kind === 'threshold') return job.status === 0 && job.error === null;
  if (end.kind === 'error') return job.status === 0 && code === end.code && job.expire === expire;
  return (
    job.status < 0 && code === (end.isThrown ? end.code : undefined) && job.expire === end.expire
  );
}

/** What is wrong with the end of a job that had yet to do what is open. */
export function endFaults(
  job: ObservedJob,
  ends: End[],
  kills: Kill[],
  { open, expire }: { open: string[]; expire: number },
): string[] {
  const told = JSON.stringify([job.status, job.error, job.expire]);
  const stops = kills.filter(({ target, isDone }) => isDone && target === job.key);
  if (stops.length > 1) return [`it was stopped ${stops.length} times`];
  const possible = stops.length > 0 ? stops.map(({ end }) => end) : ends;
  const wrong = `it ended with ${told}, not ${JSON.stringify(possible)}`;
  if (possible.some(({ kind }) => kind !== 'threshold')) {
    return possible.some((end) => matches(job, end, expire)) ? [] : [wrong];
  }
  if (job.status !== 0 || job.error !== null || job.expire !== expire) return [wrong];
  const isEarly = possible.some((end) => end.kind === 'threshold' && end.limit > 1);
  return isEarly ? [] : open.map((run) => `${run} did not end`);
}
