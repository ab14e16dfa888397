import { dimensionOf } from '../engine/address';
import {
  factsOf,
  rawOf,
  replayOf,
  type RawWork,
  type WorkflowFacts,
} from '../engine/workflow-facts';
import { objectOf } from '../engine/step-key';
import { currentWorkflow } from './current-turn';

/** A durable call that has no answer yet. */
export interface OpenCall {
  /** activity, sleep, wait, child, … */
  kind: string;
  /** Of the activity, the signal, the child's function. */
  name: string;
  /** Number of the call. */
  index: number;
}

/** What a workflow knows of itself. */
export interface WorkflowInfo extends WorkflowFacts {
  /** '' in the main function, `$n` in its nth continued generation, `,0,0` and so on in hooks. */
  workflowDimension: string;
  COUNTER: { counter: number };
  /** How often it has failed and been run again. */
  attempt: number;
  isCancelled: boolean;
  /** The recorded answers that have yet to reach this run, by `-proxy-1-`. */
  replay: Record<string, unknown>;
  /** '0': nothing of the history is left to be read; it is always read as a whole. */
  cursor: string;
  /** The durable calls that have no answer yet. */
  interruptionRegistry: OpenCall[];
  /** The work as it was claimed. */
  raw: RawWork;
  /** Of this worker. Not enumerable: it may hold a password, and is in no copy, log or result. */
  readonly connection: unknown;
}

/** What a workflow knows of itself, at this moment. */
export function workflowInfo(): WorkflowInfo {
  const { turn } = currentWorkflow('workflowInfo');
  const { counter } = turn;
  const info = {
    ...factsOf(turn),
    workflowDimension: dimensionOf(turn.address),
    COUNTER: { counter },
    attempt: turn.work.attempt,
    isCancelled: turn.isCancelled,
    cursor: '0',
    interruptionRegistry: [...turn.pending.values()].map(({ kind, name, position }) => {
      return { kind, name, index: objectOf(position) };
    }),
    get replay() {
      return replayOf(turn);
    },
    get raw() {
      return rawOf(turn);
    },
  };
  const connection = { value: turn.host.connection, enumerable: false };
  return Object.defineProperty(info, 'connection', connection) as WorkflowInfo;
}
