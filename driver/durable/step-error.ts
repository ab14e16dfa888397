import { fromJson } from '../database/json-door';
import type { Answer } from '../engine/call';
import {
  DuplicateJobError,
  DurableFatalError,
  DurableMaxedError,
  DurableRetryError,
  DurableTimeoutError,
} from './errors';

interface StoredError {
  message?: string;
  code?: number;
  stack?: string;
  type?: string;
  jobId?: string;
}

const FINAL = new Set<number | undefined>([596, 597, 598]);

/**
 * The code of a step that has failed, where its error brought none of its own: an activity has
 * failed for good, what a child did may be started again. A child that was never started has none.
 */
function codeOfFailure(kind: string, error: unknown): number | undefined {
  if (kind === 'activity') return 598;
  if ((error as StoredError | null)?.type === 'DuplicateJobError') return undefined;
  return ['child', 'start', 'await'].includes(kind) ? 599 : undefined;
}

/** The stored error of a step as users see it. */
export function shownFailure(kind: string, error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const code = (error as StoredError).code ?? codeOfFailure(kind, error);
  return code === undefined ? error : { ...error, code };
}

export interface ReturnedError {
  message: string;
  code: number;
  stack: string | undefined;
}

function stored(answer: Answer): StoredError {
  return fromJson(answer.value) ?? {};
}

/** What a failed activity throws in its workflow: it gave up, so the error is final. */
function activityError({ message = '', code, stack }: StoredError): Error {
  if (code === 596) return new DurableTimeoutError(message, stack);
  if (code === 597) return new DurableMaxedError(message, stack);
  return new DurableFatalError(message, stack);
}

/**
 * What a failed child throws in its parent. A child that was cancelled has failed: its parent was
 * not cancelled. One that was stopped may be started again: its error keeps the code of the stop.
 */
function childError(error: StoredError): Error {
  if (error.type === 'DuplicateJobError') return new DuplicateJobError(error.jobId ?? '');
  const { message = '', code, stack } = error;
  if (FINAL.has(code)) return activityError(error);
  const retryable = new DurableRetryError(message, stack);
  return code === undefined ? retryable : Object.assign(retryable, { code });
}

/** The value of an answered activity; throws, or returns the error where that was asked for. */
export function activityValue(answer: Answer, isThrowing: boolean): unknown {
  if (!answer.isFailed) return fromJson(answer.value);
  const error = stored(answer);
  if (isThrowing) throw activityError(error);
  const { message = '', code = 599, stack } = error;
  return { message, code, stack } satisfies ReturnedError;
}

/** The value of an answered child; throws, or returns the error where that was asked for. */
export function childValue(answer: Answer, isThrowing: boolean): unknown {
  if (!answer.isFailed) return fromJson(answer.value);
  const error = stored(answer);
  if (isThrowing) throw childError(error);
  return { message: error.message ?? '', code: error.code ?? 599, stack: error.stack };
}
