import { backoff } from '../backoff';
import { isConnectionError, isTransient } from '../errors';
import { isLost, isOfOthers, isOfReport } from './refusals';
import type { Batch } from './report';

/** The first wait of a part that waits for a lock: some hundred milliseconds. */
const REPEAT_FROM = 4;
/** The longest wait of a part of which the database refuses even the error. */
const REFUSED_MS = 20_000;
/** So often in a row nothing of others was found: it is the part itself. */
const FRUITLESS = 5;

export interface LonePartHost {
  readonly workerId: string;
  /** Returns what to report instead. */
  rejected(part: Batch, error: unknown): Batch;
  onError(error: unknown): void;
}

export interface PartSender {
  readonly isStopping: boolean;
  sendPart(part: Batch): Promise<void>;
  /** Returns how much of others was set aside. */
  clearTheWay(): Promise<number>;
}

/**
 * Tries one job's part of a batch again and again beside everything else, which it does not hold
 * up. A lock held by somebody's open transaction passes. Anything else, if it is nothing of others,
 * would fail for ever: the error is reported in its stead; and where that is refused as well, until
 * it is not. Returns what is still to be reported, with the error, once that may not go alone:
 * there is no session, or the lease is gone.
 */
export async function repeatPart(
  host: LonePartHost,
  sender: PartSender,
  given: Batch,
  refusal: unknown,
): Promise<{ part: Batch; error: unknown } | undefined> {
  const { workerId } = host;
  let part = given;
  let error = refusal;
  let fruitless = 0;
  for (let attempt = 0; ; attempt += 1) {
    host.onError(error);
    const isElsewhere = isOfOthers(error) && fruitless < FRUITLESS;
    if (isElsewhere) fruitless = (await sender.clearTheWay()) > 0 ? 0 : fruitless + 1;
    if (isTransient(error)) await backoff(attempt + REPEAT_FROM);
    else if (isElsewhere) await backoff(fruitless);
    else if (part === given) part = host.rejected(part, error);
    else await backoff(attempt + REPEAT_FROM, REFUSED_MS);
    // What is held goes back when the worker stops, and is gone when it has lost its lease.
    if (sender.isStopping || workerId !== host.workerId) return undefined;
    try {
      await sender.sendPart(part);
      return undefined;
    } catch (next) {
      error = next;
    }
    if (workerId !== host.workerId) return undefined;
    if (!isOfPart(error)) return { part, error };
  }
}

/** It may pass, or is of this part or of what goes with it; else no part gets through. */
export function isOfPart(error: unknown): boolean {
  if (isLost(error) || isConnectionError(error)) return false;
  return isTransient(error) || isOfOthers(error) || isOfReport(error);
}
