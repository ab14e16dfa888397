import { dimensionOf } from '../engine/address';
import { currentWorkflow } from './current-turn';

/** What a workflow knows of itself. */
export interface WorkflowInfo {
  workflowId: string;
  workflowName: string;
  taskQueue: string;
  workflowTopic: string;
  namespace: string;
  /** '' in the main function, `$n` in its nth continued generation, `,0,0` and so on in hooks. */
  workflowDimension: string;
  /** Number of the last durable call. */
  counter: number;
  COUNTER: { counter: number };
  /** Whether the policy allows another run if this one fails. */
  canRetry: boolean;
  /** How often it has failed and been run again. */
  attempt: number;
  /** Seconds for which it is kept once finished, if its start said so. */
  expire: number | undefined;
  originJobId: string | null;
  workflowTrace: string | undefined;
  workflowSpan: string | undefined;
  isCancelled: boolean;
  /** The recorded steps whose answers have not reached this run, by `-kind-position-`. */
  replay: Record<string, unknown>;
  /** The arguments of the run, as stored. */
  raw: { input: string | null; options: string | null };
}

/** What the engine tells a workflow beside its arguments. */
interface Told {
  maximumAttempts?: number;
  expire?: number;
  workflowTrace?: string;
  workflowSpan?: string;
}

/** What a workflow knows of itself, at this moment. */
export function workflowInfo(): WorkflowInfo {
  const { turn } = currentWorkflow('workflowInfo');
  const { workflowId, workflow, queue, namespace, attempt, input, options, value } = turn.work;
  const policy = (options === null ? {} : JSON.parse(options)) as Told;
  const { counter } = turn;
  return {
    ...{ workflowId, workflowName: workflow, taskQueue: queue, namespace, attempt, counter },
    workflowTopic: `${queue}-${workflow}`,
    workflowDimension: dimensionOf(turn.address),
    COUNTER: { counter },
    canRetry: attempt < (policy.maximumAttempts ?? 3),
    expire: policy.expire,
    originJobId: value,
    workflowTrace: policy.workflowTrace,
    workflowSpan: policy.workflowSpan,
    isCancelled: turn.isCancelled,
    get replay() {
      const steps = [...turn.history.recorded()].map((step) => {
        return [`-${step.kind}-${step.position}-`, step.value] as const;
      });
      return Object.fromEntries(steps);
    },
    raw: { input, options },
  };
}
