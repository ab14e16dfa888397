import { fromJson, fromPlainJson } from '../database/json-door';
import type { RecordedStep } from '../database/turn-calls';
import type { LiveTurn } from './live-turn';
import { isOperation, objectOf, placeOf } from './step-key';

/** What every run of a workflow function can be told of it. */
export interface WorkflowFacts {
  workflowId: string;
  workflowName: string;
  workflowTopic: string;
  taskQueue: string;
  namespace: string;
  /** Whether the policy allows another run if this one fails. */
  canRetry: boolean;
  /** Seconds for which it is kept once finished; undefined: as retention says. */
  expire: number | undefined;
  /** Number of the last durable call. */
  counter: number;
  /** Workflow id of the root of its family; null: itself. */
  originJobId: string | null;
  workflowTrace: string | undefined;
  workflowSpan: string | undefined;
}

interface Told {
  maximumAttempts?: number;
  workflowTrace?: string;
  workflowSpan?: string;
}

export function factsOf({ work, counter }: LiveTurn): WorkflowFacts {
  const { workflowId, workflow, queue, namespace, attempt, options, expire, value } = work;
  const told = (options === null ? {} : JSON.parse(options)) as Told;
  return {
    ...{ workflowId, workflowName: workflow, workflowTopic: `${queue}-${workflow}` },
    ...{ taskQueue: queue, namespace, canRetry: attempt < (told.maximumAttempts ?? 3) },
    ...{ expire: expire ?? undefined, counter, originJobId: value },
    ...{ workflowTrace: told.workflowTrace, workflowSpan: told.workflowSpan },
  };
}

/** The work as it was claimed. */
export interface RawWork {
  data: { workflowId: string; workflow: string; arguments: unknown };
  jobId: string;
  attempt: number;
}

export function rawOf({ jobId, work }: LiveTurn): RawWork {
  const { workflowId, workflow, attempt, input } = work;
  return { data: { workflowId, workflow, arguments: fromJson(input) }, jobId, attempt };
}

/** The names under which steps are known where they differ from their kinds. */
const KINDS: Record<string, string> = { activity: 'proxy', await: 'child' };

function answerOf({ kind, name, isFailed, value }: RecordedStep): unknown {
  const answer = kind === 'search' || kind === 'entity' ? fromPlainJson(value) : fromJson(value);
  if (!isFailed) return answer;
  return kind === 'wait' ? { id: name, timedOut: true } : { $error: answer };
}

function keyOf({ kind, position }: RecordedStep): string {
  const ordinal = isOperation(position) ? `${placeOf('', position).position - 1}-` : '';
  return `-${KINDS[kind] ?? kind}-${objectOf(position)}-${ordinal}`;
}

/** The recorded answers that have yet to reach this run, by `-proxy-1-`, `-search-2-0-` … */
export function replayOf(turn: LiveTurn): Record<string, unknown> {
  const answered = [...turn.history.recorded()].filter((step) => step.isDone);
  return Object.fromEntries(answered.map((step) => [keyOf(step), answerOf(step)]));
}
