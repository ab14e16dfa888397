import { context } from '../engine/context';
import { RatchetError } from '../errors';

/** What an activity knows of its call. */
export interface ActivityInfo {
  activityName: string;
  arguments: unknown[];
  headers: Record<string, unknown>;
  /** Older name of `headers`. */
  argumentMetadata: Record<string, unknown>;
  workflowId: string;
  workflowTopic: string;
  namespace: string;
  taskQueue: string;
  /** Which execution this is, from 1. */
  attempt: number;
}

function getContext(): ActivityInfo {
  const current = context.getStore();
  if (current?.kind !== 'activity') {
    throw new RatchetError('WF303', 'activity.getContext was called outside of an activity.', {
      hint: 'Call it in an activity function, before its first callback leaves it.',
    });
  }
  return { ...current, argumentMetadata: current.headers };
}

/** What an activity function calls. */
export const activity = { getContext };
