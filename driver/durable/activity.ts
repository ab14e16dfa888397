import type { StepClient } from '../database/step-transaction';
import { context, type ActivityContext } from '../engine/context';
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

function currentActivity(what: string): ActivityContext {
  const current = context.getStore();
  if (current?.kind === 'activity') return current;
  throw new RatchetError('WF303', `${what} was called outside of an activity.`, {
    hint: 'Call it in an activity function that a worker runs.',
  });
}

function getContext(): ActivityInfo {
  const { activityName, attempt, ...current } = currentActivity('activity.getContext');
  const headers = { ...current.headers };
  const { workflowId, workflowTopic, namespace, taskQueue } = current;
  return {
    ...{ activityName, arguments: current.arguments, headers, argumentMetadata: headers },
    ...{ workflowId, workflowTopic, namespace, taskQueue, attempt },
  };
}

/**
 * Writes to your own tables exactly once: what `work` writes is committed together with the result
 * of the activity, when the activity returns, or not at all. Not if the activity fails, not if its
 * worker has lost its lease meanwhile. Called again, it goes on in the same transaction; a part
 * that throws is taken back alone. Leave COMMIT and ROLLBACK to the engine.
 *
 * @example
 * async function book(order: string, cents: number) {
 *   await Durable.activity.transaction(async (client) => {
 *     await client.query('insert into ledger values ($1, $2)', [order, cents]);
 *   });
 *   return 'booked';
 * }
 */
async function transaction<T>(work: (client: StepClient) => Promise<T> | T): Promise<T> {
  const current = currentActivity('activity.transaction');
  if (typeof work !== 'function') {
    throw new RatchetError('WF104', 'work of activity.transaction is not a function.', {
      detail: { option: 'work' },
      hint: 'Give a function of a client: (client) => client.query(…).',
    });
  }
  current.transaction ??= current.open().catch((error: unknown) => {
    current.transaction = undefined;
    throw error;
  });
  return (await current.transaction).run(work);
}

/** What an activity function calls. */
export const activity = { getContext, transaction };
