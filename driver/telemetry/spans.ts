import { createHash } from 'node:crypto';
import type { Answer, Call } from '../engine/call';
import type { ActivityContext } from '../engine/context';
import type { LiveTurn } from '../engine/live-turn';
import type { Attributes, OtelContext, Span } from './otel';
import type { Telemetry } from './telemetry';
import type { TraceOptions } from './trace-context';

const ERROR_STATUS = 2;
const SAMPLED = 1;

/** Which job a span belongs to. */
export interface Origin {
  jobId: string;
  workflowId: string;
  namespace: string;
}

/**
 * The trace of a job: the one it was started with, or one made from its number, so that all the
 * processes that work for it agree.
 */
export function parentOf({ otel }: Telemetry, origin: Origin, options: TraceOptions): OtelContext {
  const { jobId, workflowId, namespace } = origin;
  const text = `${namespace}\n${workflowId}\n${jobId}`;
  const made = createHash('sha256').update(text).digest('hex');
  return otel.trace.setSpanContext(otel.ROOT_CONTEXT, {
    traceId: options.workflowTrace ?? made.slice(0, 32),
    spanId: options.workflowSpan ?? made.slice(32, 48),
    traceFlags: SAMPLED,
    isRemote: true,
  });
}

function traceOptions(json: string | null): TraceOptions {
  return json === null ? {} : (JSON.parse(json) as TraceOptions);
}

function workflowAttributes({ work }: LiveTurn): Attributes {
  return {
    'durable.workflow.id': work.workflowId,
    'durable.workflow.name': work.workflow,
    'durable.workflow.topic': `${work.queue}-${work.workflow}`,
    'durable.namespace': work.namespace,
  };
}

export function finish(span: Span, error?: string): void {
  if (error !== undefined) span.setStatus({ code: ERROR_STATUS, message: error });
  span.end();
}

function workflowSpan(on: Telemetry, turn: LiveTurn, name: string, more: Attributes = {}): Span {
  const attributes = { ...workflowAttributes(turn), ...more };
  const parent = parentOf(on, turn.work, traceOptions(turn.work.options));
  return on.tracer.startSpan(name, { attributes }, parent);
}

/** A job begins to run, or a hook in it: for the first time, and not as another generation. */
export function spanStart(on: Telemetry, turn: LiveTurn): void {
  if (turn.work.kind !== 'start' || turn.address.startsWith('$')) return;
  finish(workflowSpan(on, turn, `WORKFLOW/START/${turn.work.workflow}`));
  on.metrics.workflowStarted({ 'durable.workflow.name': turn.work.workflow });
}

/** A run of the function is over: returned, failed for good, or to be tried again. */
export function spanEnd(on: Telemetry, turn: LiveTurn): void {
  const { work, report } = turn;
  const about = { 'durable.workflow.name': work.workflow };
  const error = report.end?.error ?? report.failure?.error ?? null;
  if (error === null) {
    finish(workflowSpan(on, turn, `WORKFLOW/COMPLETE/${work.workflow}`));
    on.metrics.workflowCompleted(about);
    return;
  }
  const stored = JSON.parse(error ?? '{}') as { message?: string };
  const { maximumAttempts = 3 } = traceOptions(work.options) as { maximumAttempts?: number };
  const isFinal = report.end !== undefined || work.attempt >= maximumAttempts;
  const attempt = { 'durable.attempt': work.attempt + 1, 'durable.final': isFinal };
  finish(workflowSpan(on, turn, `WORKFLOW/ERROR/${work.workflow}`, attempt), stored.message ?? '');
  if (isFinal) on.metrics.workflowFailed(about);
  else on.metrics.retried({ ...about, 'durable.retry.kind': 'workflow' });
}

/** What a workflow tells of itself at a moment. */
export function spanOf(on: Telemetry, turn: LiveTurn, attributes: Attributes): void {
  finish(workflowSpan(on, turn, `WORKFLOW/TRACE/${turn.work.workflow}`, attributes));
}

/** Where an activity stands in its workflow. */
export interface ActivitySite {
  jobId: string;
  position: number;
  workflow: string;
}

/** A span around one execution of an activity; what runs within it are its children. */
export function activitySpan(
  on: Telemetry,
  store: ActivityContext,
  site: ActivitySite,
  options: TraceOptions & { maximumAttempts?: number },
) {
  const about = { 'durable.activity.name': store.activityName };
  const parent = parentOf(on, { ...store, ...site }, options);
  const attributes = {
    ...{ ...about, 'durable.exec.index': site.position, 'durable.attempt': store.attempt },
    ...{ 'durable.workflow.id': store.workflowId, 'durable.workflow.topic': store.workflowTopic },
    ...{ 'durable.workflow.name': site.workflow, 'durable.namespace': store.namespace },
    'durable.task.queue': store.taskQueue,
  };
  const span = on.tracer.startSpan(`ACTIVITY/${store.activityName}`, { attributes }, parent);
  const startedAt = performance.now();
  return {
    run: <T>(body: () => T): T => on.otel.context.with(on.otel.trace.setSpan(parent, span), body),
    end(isFailed: boolean, value: string | null, isRetried: boolean): void {
      const error = isFailed ? (JSON.parse(value ?? '{}') as { message?: string }) : undefined;
      finish(span, error === undefined ? undefined : (error.message ?? ''));
      on.metrics.activityExecuted(performance.now() - startedAt, isFailed, about);
      if (isRetried) on.metrics.retried({ ...about, 'durable.retry.kind': 'activity' });
    },
  };
}

/** With `debug`: a span when a call is made, unless it is replayed, and one when it is answered. */
export function tracedCall(on: Telemetry, turn: LiveTurn, call: Call): Call {
  const index = turn.counter + 1;
  const recorded = turn.history.get(index);
  if (recorded?.isDone === true) return call;
  const path = `${call.kind}/${call.name}/${index}`;
  const more = { 'durable.exec.index': index };
  if (recorded === undefined) finish(workflowSpan(on, turn, `DISPATCH/${path}`, more));
  const convert = (answer: Answer) => {
    const error = answer.isFailed ? 'failed' : undefined;
    finish(workflowSpan(on, turn, `RETURN/${path}`, more), error);
    return call.convert(answer);
  };
  return { ...call, convert };
}

/** The span that is current where a workflow is started, as the options of a start. */
export function currentTrace({ otel }: Telemetry): TraceOptions {
  return traceOfSpan(otel.trace.getSpan(otel.context.active()));
}

/** The ids of a span; none without an SDK, which leaves them all zeros. */
export function traceOfSpan(span: Span | undefined): TraceOptions {
  const context = span?.spanContext();
  const isValid = context !== undefined && /[1-9a-f]/.test(context.traceId);
  return isValid ? { workflowTrace: context.traceId, workflowSpan: context.spanId } : {};
}
