import type { Database } from '../database/database';
import { setAside, type SetAside } from '../database/turn-calls';
import { RatchetError } from '../errors';

/** The lease is gone. */
export function isLost(error: unknown): boolean {
  return error instanceof RatchetError && error.code === 'WF401';
}

function described({ workflowId, problem, isEnded }: SetAside): string {
  if (workflowId === null) return `the work of a lost worker is run once more: ${problem}`;
  const outcome = isEnded ? 'has ended' : 'is put off';
  return `job ${workflowId} cannot be answered, so it ${outcome}: ${problem}`;
}

/**
 * An exchange was answered with an error: the reason may lie in what it does for others. What cannot be done for
 * them is set aside and told; returns how much that was.
 */
export async function clearTheWay(
  database: Database,
  workerId: string,
  onError: (error: unknown) => void,
): Promise<number> {
  try {
    const aside = await setAside(database, workerId);
    for (const each of aside) onError(new Error(described(each)));
    return aside.length;
  } catch (error) {
    onError(error);
    return 0;
  }
}
