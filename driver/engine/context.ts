import { AsyncLocalStorage } from 'node:async_hooks';
import type { StepTransaction } from '../database/step-transaction';
import type { LiveTurn } from './live-turn';

/** Inside a workflow function. */
export interface WorkflowContext {
  kind: 'workflow';
  turn: LiveTurn;
  /** Within CancellationScope.nonCancellable. */
  isShielded: boolean;
}

/** Inside an activity. */
export interface ActivityContext {
  kind: 'activity';
  activityName: string;
  arguments: unknown[];
  /** What came before the arguments of a function that `knowsItsCall`. */
  call?: unknown;
  headers: Record<string, unknown>;
  workflowId: string;
  workflowTopic: string;
  namespace: string;
  taskQueue: string;
  attempt: number;
  /** Opens the transaction that is committed with the result. */
  open: () => Promise<StepTransaction>;
  /** That transaction, once the activity has asked for it. */
  transaction?: Promise<StepTransaction> | undefined;
}

/** Until its arguments are read, and where it is given none of the other. */
export const NO_ARGUMENTS = Object.freeze([]) as unknown as unknown[];
export const NO_HEADERS: Record<string, unknown> = Object.freeze({});

/** Which durable code is running. */
export const context = new AsyncLocalStorage<WorkflowContext | ActivityContext>();
