import { toJson } from '../database/json-door';
import type { Load } from './load';

/** Of errors after which nothing is tried again. */
const FATAL = 598;

/** A step that ran in this process, with its result. */
export interface StepReport {
  address: string;
  position: number;
  kind: string;
  name: string;
  /** null for what was not delivered: a patch, a continuation. */
  delivery: number | null;
  isFailed: boolean;
  input: string | null;
  value: string | null;
}

/** A step that somebody else must answer. */
export interface PlanReport {
  address: string;
  position: number;
  kind: string;
  name: string;
  input: string | null;
  queue: string | null;
  /** Milliseconds until a sleep ends or a wait times out; null: never. */
  delay: number | null;
  /** Executions that have begun already. */
  attempt: number;
  /** It runs here at this moment. */
  isHeld: boolean;
  /** Its last execution failed: it is due after the policy's delay. */
  isFailed: boolean;
  options: string | null;
}

export interface DeliveryReport {
  address: string;
  position: number;
  delivery: number;
}

export interface EndReport {
  result: string | null;
  error: string | null;
}

export interface FailureReport {
  error: string;
  isBlocked: boolean;
  forgotten: number | null;
}

/** How a thread ends without its job: a hook with null, a main function with its next arguments. */
export interface ThreadReport {
  input: string | null;
}

/** What one thread hands in with the next exchange; all of it or nothing is committed. */
export interface TurnReport {
  steps: readonly StepReport[];
  plans: readonly PlanReport[];
  deliveries: readonly DeliveryReport[];
  end?: EndReport;
  failure?: FailureReport;
  thread?: ThreadReport;
}

/** The outcome of one execution of a claimed activity. */
export interface ActivityReport {
  jobId: string;
  address: string;
  position: number;
  attempt: number;
  isFailed: boolean;
  code: number | null;
  value: string | null;
}

export interface Batch {
  turns: { jobId: string; address: string; report: TurnReport }[];
  activities: ActivityReport[];
}

/** A list that holds nothing, for all. */
export const NONE: readonly never[] = Object.freeze([]);

/**
 * The list, which is the caller's alone unless it is empty, with one item more. Most hold one
 * thing, once a step: a list of one takes a sixth of the room that `push` makes in an empty one.
 */
export function appended<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

export function emptyReport(): TurnReport {
  return { steps: NONE, plans: NONE, deliveries: NONE };
}

export function isEmptyReport(report: TurnReport): boolean {
  return (
    report.steps.length === 0 &&
    report.plans.length === 0 &&
    report.end === undefined &&
    report.failure === undefined &&
    report.thread === undefined
  );
}

/** A cancellation that has reached its function, which waits for these calls no more. */
export function cancellation(address: string, delivery: number, rejected: number[]): StepReport {
  return {
    ...{ address: `${address}#cancel`, position: 1, kind: 'cancel', name: 'cancel', delivery },
    ...{ isFailed: false, input: JSON.stringify(rejected), value: null },
  };
}

/** How much of a batch it takes: its steps, and one for the thread. */
export function sizeOf({ steps, plans }: TurnReport): number {
  return 1 + steps.length + plans.length;
}

/** Nothing of the thread is left when this is committed. */
export function isLast(report: TurnReport): boolean {
  return (report.end ?? report.failure ?? report.thread) !== undefined;
}

/** What a worker holds no more when this is committed. */
export function endsOf({ turns, activities }: Batch): Load {
  let ended = 0;
  for (const { report } of turns) if (isLast(report)) ended += 1;
  return { turns: ended, activities: activities.length };
}

export function isEmptyBatch(batch: Batch): boolean {
  return batch.turns.length === 0 && batch.activities.length === 0;
}

/** One batch a job or activity: what one of them cannot have committed holds up no other. */
export function partsOf({ turns, activities }: Batch): Batch[] {
  return [
    ...turns.map((turn) => ({ turns: [turn], activities: [] })),
    ...activities.map((activity) => ({ turns: [], activities: [activity] })),
  ];
}

/** What is reported instead of what the database refuses: its error ends the thread or the step. */
export function refusalOf({ turns, activities }: Batch, error: unknown): Batch {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `the engine refused a report: ${reason}`;
  const stored = toJson({ message, code: FATAL }, 'error');
  const report = { ...emptyReport(), end: { result: null, error: stored } };
  return {
    turns: turns.map(({ jobId, address }) => ({ jobId, address, report })),
    activities: activities.map((activity) => {
      return { ...activity, isFailed: true, code: FATAL, value: stored };
    }),
  };
}
