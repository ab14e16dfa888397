import { AsyncLocalStorage } from 'node:async_hooks';
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
  headers: Record<string, unknown>;
  workflowId: string;
  workflowTopic: string;
  namespace: string;
  taskQueue: string;
  attempt: number;
}

/** Which durable code is running. */
export const context = new AsyncLocalStorage<WorkflowContext | ActivityContext>();
