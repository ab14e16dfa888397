import type { Database } from '../database/database';
import { setAside, type SetAside } from '../database/turn-calls';
import { isConnectionError, RatchetError } from '../errors';

/** The lease is gone. */
export function isLost(error: unknown): boolean {
  return error instanceof RatchetError && error.code === 'WF401';
}

/** The call itself was late, which open_exchange finds, too. */
const LATE = 'WF404';
/** What an exchange does for others is in these two functions, as the error's context says. */
const OTHERS = /ratchet_internal\.(open_exchange|claim)\(/;

/** The error came from what an exchange does for others, not from what is reported with it. */
export function isOfOthers(error: unknown): boolean {
  const { code, where, cause } = (error ?? {}) as Record<string, unknown>;
  if (code === LATE) return false;
  if (typeof where === 'string') return OTHERS.test(where);
  return cause !== undefined && cause !== error && isOfOthers(cause);
}

/** Bad values are found before the call begins, so that its context does not tell. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

/**
 * The call was carried out, or could not be put together, and failed by what is handed in: no
 * repetition will change that. Anything else (a login that is refused, a password or certificate
 * that is not to be had, rights that are gone) says nothing of a job.
 */
export function isOfReport(error: unknown): boolean {
  if (isConnectionError(error)) return false; // the session ended, whatever it was doing
  if (error instanceof RangeError) return true; // larger than a string or buffer can be
  const { where, code, cause } = (error ?? {}) as Record<string, unknown>;
  if (typeof code === 'string' && DATA_EXCEPTION.test(code)) return true;
  if (typeof where === 'string' && where.includes('ratchet.exchange(')) return true;
  return cause !== undefined && cause !== error && isOfReport(cause);
}

function described({ workflowId, problem, isEnded }: SetAside): string {
  if (workflowId === null) return problem;
  const outcome = isEnded ? 'has ended' : 'is put off';
  return `job ${workflowId} cannot be answered, so it ${outcome}: ${problem}`;
}

/**
 * What an exchange does for others is done one by one. What cannot be is set aside and told;
 * returns how much that was.
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
