import { randomUUID } from 'node:crypto';
import { toJson } from '../database/json-door';
import type { WorkflowFunction } from '../engine/run-workflow';
import { RatchetError } from '../errors';
import { refuseOption } from '../options';
import { inTrace, traceOf, type TraceOptions } from '../telemetry/trace-context';
import { currentWorkflow, durableCall, durably } from './current-turn';
import { storedPolicy } from './retry-policy';
import { signal } from './signals';
import { checkOwn, checkStart, nameOf, type StartOptions } from './start-options';
import { childValue } from './step-error';

/** A child that was started and may be awaited later. */
export interface ChildHandle<T = unknown> {
  readonly workflowId: string;
  /** Waits for the child; a durable step of its own, numbered when called. */
  result<R = T>(): Promise<R>;
  signal(signalId: string, data?: unknown): Promise<string>;
}

type Returned<F> = F extends (...args: never[]) => infer R ? Awaited<R> : unknown;
type ChildOptions<F> = StartOptions<F extends (...args: infer A) => unknown ? A : unknown[]>;

/** Children belong to the trace of their parent. */
function inherited(options: string | null): TraceOptions {
  return options === null ? {} : traceOf(JSON.parse(options) as TraceOptions);
}

/** Whether the calls that wait for a child throw its error, or return it. */
function throws(options: StartOptions): boolean {
  return options.config?.throwOnError ?? true;
}

function childCall(
  kind: 'child' | 'start',
  options: StartOptions,
  name?: string,
  isThrowing = throws(options),
) {
  const what = kind === 'child' ? 'executeChild' : 'startChild';
  const { turn } = currentWorkflow(what);
  const { queue, namespace } = turn.work;
  const defaults = {
    queue: options.entity ?? queue,
    namespace,
    ...(name === undefined ? {} : { workflow: name }),
  };
  const label = options.entity ?? `-${name ?? options.workflowName ?? ''}`;
  const workflowId = options.workflowId ?? `${label}-${randomUUID()}`;
  const trace = inherited(turn.work.options);
  storedPolicy(options.config); // checks what is taken out of it here
  const config = { ...options.config };
  delete config.throwOnError; // of the calls that wait, not of the activities of the child
  const child = checkStart(inTrace(trace, { ...options, workflowId, config }), defaults);
  checkOwn(what, child.namespace, namespace);
  if ('tx' in options) {
    throw new RatchetError('WF104', `${what} was given tx.`, {
      detail: { option: 'tx' },
      hint: 'A child is started in the commit that records the call; leave the option out.',
    });
  }
  const { entity, expire, retry, search, lifetime } = child;
  if (kind === 'child' && lifetime?.pending !== undefined) {
    refuseOption(what, 'pending', lifetime.pending, 'Who waits for a child runs it: startChild.');
  }
  const stored = { id: child.workflowId, queue: child.queue, entity, expire, retry, search };
  Object.assign(stored, lifetime);
  return durableCall(what, {
    kind,
    name: child.workflow,
    input: child.args,
    options: toJson(stored, 'options'),
    // A child that was started is not cancelled with its parent.
    isCancellable: kind === 'child',
    convert: (answer) => childValue(answer, isThrowing),
  });
}

/** Runs a child and returns its value. The function itself may be given instead of its name. */
export function executeChild<T = unknown>(options: StartOptions): Promise<T>;
export function executeChild<T = unknown>(workflow: string, options?: StartOptions): Promise<T>;
export function executeChild<F extends WorkflowFunction>(
  workflow: F,
  options?: ChildOptions<F>,
): Promise<Returned<F>>;
export function executeChild(
  first: WorkflowFunction | string | StartOptions,
  options: StartOptions = {},
): Promise<unknown> {
  if (typeof first === 'object') return childCall('child', first);
  return childCall('child', options, nameOf(first));
}

/**
 * Starts a child and goes on. With a function or name first, resolves to a handle; else to the id.
 */
export function startChild<F extends WorkflowFunction>(
  workflow: F,
  options?: ChildOptions<F>,
): Promise<ChildHandle<Returned<F>>>;
export function startChild<T = unknown>(
  workflow: string,
  options?: StartOptions,
): Promise<ChildHandle<T>>;
export function startChild(options: StartOptions): Promise<string>;
export function startChild(
  first: WorkflowFunction | string | StartOptions,
  options: StartOptions = {},
): Promise<string | ChildHandle> {
  return durably(() => {
    if (typeof first === 'object') return childCall('start', first) as Promise<string>;
    // Without a child there is no handle, so that this throws in any case.
    const started = childCall('start', options, nameOf(first), true) as Promise<string>;
    return started.then((workflowId) => handleOf(workflowId, throws(options)));
  });
}

function handleOf(workflowId: string, isThrowing: boolean): ChildHandle {
  return {
    workflowId,
    result: <R>() => awaitJob<R>(workflowId, isThrowing),
    signal: (signalId, data) => signal(signalId, data),
  };
}

/** Waits for the end of a job of this namespace. */
function awaitJob<T>(workflowId: string, isThrowing: boolean): Promise<T> {
  return durableCall('result', {
    kind: 'await',
    name: workflowId,
    options: JSON.stringify({ id: workflowId }),
    convert: (answer) => childValue(answer, isThrowing),
  });
}
