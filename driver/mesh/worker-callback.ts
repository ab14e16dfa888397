import { inspect } from 'node:util';
import type { Work } from '../database/exchange';
import { fromPlainJson, toJson } from '../database/json-door';
import type { Outcome } from '../engine/activities';
import { RatchetError } from '../errors';
import { contextOf } from '../engine/claimed-activities';
import { context } from '../engine/context';
import type { Callback } from '../engine/served';
import { shown } from '../shown';
import { executeSpan } from '../telemetry/graph-spans';
import type { Attributes } from '../telemetry/otel';
import { telemetry } from '../telemetry/telemetry';
import type { WorkerConfig } from './config';
import type { Logger } from './logger';
import type { StreamData, StreamDataResponse, StreamMetadata } from './messages';

/** The callback returned nothing: its activity stays open until somebody calls `add`. */
const UNANSWERED = 102;
const PENDING = 202;
const FAILED = 500;
const UNUSABLE = 598;
const ANSWER_FIELDS = ['metadata', 'status', 'code', 'data'];

interface StoredOptions {
  metadata?: Partial<StreamMetadata> & { telemetry?: Attributes };
  retry?: unknown;
}

/** How many messages a worker has answered, by code. */
export type Counts = Record<string, number>;

/** Makes a worker's callback run what the engine hands out, and say what became of it. */
export function callbackRunner(worker: WorkerConfig, counts: Counts, logger: Logger): Callback {
  return (work, onSettled) => {
    const { metadata: stored = {}, retry } = (fromPlainJson(work.options) ?? {}) as StoredOptions;
    if (worker.workflowName !== undefined && stored.wfn !== worker.workflowName) return false;
    const { telemetry: attributes, ...known } = stored;
    const message: StreamData = {
      data: fromPlainJson(work.input),
      metadata: metadataOf(work, known),
      ...(retry === undefined || retry === null ? {} : { policies: { retry } }),
    };
    const traced = telemetry();
    const { namespace } = work;
    const { metadata } = message;
    const span = traced && executeSpan(traced, { namespace, metadata, telemetry: attributes });
    const call = async () => worker.callback(message);
    const run = span === undefined ? call : () => span.run(call);
    void context
      .run(contextOf(work, noTransaction), run)
      .then((returned) => answered(returned, worker.topic, logger))
      .catch(failed)
      // Neither can be read of what a getter or a proxy throws.
      .catch(() => failure(FAILED, { message: 'an error that cannot be read' }))
      .then((outcome) => {
        const code = String(outcome.code ?? 200);
        counts[code] = (counts[code] ?? 0) + 1;
        span?.end({ ...outcome, isOpen: outcome.code === UNANSWERED });
        onSettled(outcome);
      });
    return true;
  };
}

/** Steps of graphs are recorded by the engine, with all that follows from them. */
function noTransaction(): Promise<never> {
  return Promise.reject(
    new RatchetError('WF303', 'A worker of a graph has no transaction to share.', {
      hint: 'Use a connection of your own; the guid of the message makes a repetition harmless.',
    }),
  );
}

function metadataOf(work: Work, stored: Partial<StreamMetadata> = {}): StreamMetadata {
  const known = { guid: `${work.jobId}${work.address}-${work.position}`, aid: work.name };
  const metadata = { ...known, jid: work.workflowId, topic: work.queue, ...stored };
  return work.attempt > 1 ? { ...metadata, try: work.attempt - 1 } : metadata;
}

/** What a callback's return value means. Throws only what reading it throws. */
function answered(returned: unknown, topic: string, logger: Logger): Outcome {
  if (returned === undefined) return { isFailed: false, code: UNANSWERED, value: null };
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned)) {
    return unusable(topic, `returned ${nameOf(returned)}`);
  }
  const answer = returned as StreamDataResponse;
  const { status, code } = answer;
  if (status !== undefined && !['success', 'pending', 'error'].includes(status)) {
    return unusable(topic, `returned the status ${shown(status)}`);
  }
  if (status === 'error') return refused(answer);
  if (code !== undefined && (!isCode(code) || code === UNANSWERED)) {
    return unusable(topic, `returned the code ${shown(code)}`);
  }
  if (status === 'success' && code === PENDING) {
    return unusable(topic, 'returned success with 202, the code of pending');
  }
  const fields = Object.keys(answer);
  if (fields.length > 0 && !fields.some((field) => ANSWER_FIELDS.includes(field))) {
    logger.warn('worker-answer-without-data', { topic, fields });
  }
  const actual = status === 'pending' ? PENDING : (code ?? null);
  try {
    const value = toJson(answer.data, `data of the worker of ${topic}`);
    return { isFailed: false, code: actual, value };
  } catch (error) {
    return failed(error);
  }
}

function isCode(code: unknown): code is number {
  return Number.isInteger(code) && (code as number) >= 100 && (code as number) < 1_000_000;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function unusable(topic: string, what: string): Outcome {
  const message = `The worker of ${topic} ${what}; return { data: { … } }, or nothing.`;
  return failure(UNUSABLE, { message, name: 'InvalidWorkerAnswer' });
}

/** An error that was returned rather than thrown. */
function refused({ code, data }: StreamDataResponse): Outcome {
  const given = typeof data === 'object' && data !== null ? data : { message: data };
  const { message } = given as { message?: unknown };
  const actual = isCode(code) ? code : FAILED;
  return failure(actual, {
    ...given,
    message: message === undefined ? 'unknown' : textOf(message),
  });
}

function failed(error: unknown): Outcome {
  if (!(error instanceof Error)) {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    const thrown = typeof error === 'string' ? error : inspect(error);
    const text = typeof message === 'string' ? message : thrown;
    return failure(isCode(code) ? code : FAILED, { message: text });
  }
  const { message, stack, name } = error;
  const { code } = error as { code?: unknown };
  return failure(isCode(code) ? code : FAILED, { message: message || 'unknown', stack, name });
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : shown(message);
}

function failure(code: number, data: { message: string; [more: string]: unknown }): Outcome {
  let value: string | null;
  try {
    value = toJson({ ...data, code }, 'error of a worker');
  } catch {
    value = JSON.stringify({ message: textOf(data.message), code });
  }
  return { isFailed: true, code, value };
}
