import { RatchetError } from '../errors';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- programs know what they find here
type Known = any;
type Next = () => Promise<Known>;

/** What an interceptor knows of the workflow: the keys are listed at `workflowContext`. */
export type InterceptorContext = Map<string, Known>;

/** Runs around a workflow function, once for each time the function is started or rebuilt. */
export interface WorkflowInboundCallsInterceptor {
  execute(context: InterceptorContext, next: Next): Promise<unknown>;
}

/** An activity call; `args` and `options` may be changed before `next`. */
export interface WorkflowOutboundCallsInterceptorContext {
  activityName: string;
  args: Known[];
  /** The options of the proxy: taskQueue, retry, headers, startToCloseTimeout. */
  options: Record<string, Known>;
}

/** Runs in the workflow, around every activity that it calls. */
export interface WorkflowOutboundCallsInterceptor {
  execute(
    call: WorkflowOutboundCallsInterceptorContext,
    context: InterceptorContext,
    next: Next,
  ): Promise<unknown>;
}

/** Runs at the worker that executes an activity, around the function. */
export interface ActivityInboundCallsInterceptor {
  execute(activityName: string, args: Known[], next: Next): Promise<unknown>;
}

type Interceptor =
  | WorkflowInboundCallsInterceptor
  | WorkflowOutboundCallsInterceptor
  | ActivityInboundCallsInterceptor;

/** In order of registration, the first outermost; of the whole process. */
export const inbound: WorkflowInboundCallsInterceptor[] = [];
export const outbound: WorkflowOutboundCallsInterceptor[] = [];
export const activityInbound: ActivityInboundCallsInterceptor[] = [];

function register<T extends Interceptor>(list: T[], interceptor: T): void {
  if (typeof (interceptor as Partial<T> | undefined)?.execute !== 'function') {
    throw new RatchetError('WF104', 'An interceptor is an object with a function execute.', {
      hint: 'Give { async execute(…, next) { return next(); } }.',
    });
  }
  list.push(interceptor);
}

export function registerInboundInterceptor(interceptor: WorkflowInboundCallsInterceptor): void {
  register(inbound, interceptor);
}

export function registerOutboundInterceptor(interceptor: WorkflowOutboundCallsInterceptor): void {
  register(outbound, interceptor);
}

export function registerActivityInboundInterceptor(
  interceptor: ActivityInboundCallsInterceptor,
): void {
  register(activityInbound, interceptor);
}

export function clearOutboundInterceptors(): void {
  outbound.length = 0;
}

export function clearActivityInboundInterceptors(): void {
  activityInbound.length = 0;
}

/** Removes interceptors of all three kinds. */
export function clearInterceptors(): void {
  inbound.length = 0;
  clearOutboundInterceptors();
  clearActivityInboundInterceptors();
}

/** Nobody need await what `next` returns. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  void promise.catch(() => undefined);
  return promise;
}

/**
 * The chain around `innermost`. Each link is entered within the call of the one before it, not a
 * tick later, so that durable calls keep the order of the code.
 */
export function chained<T>(
  interceptors: readonly T[],
  enter: (interceptor: T, next: Next) => Promise<unknown>,
  innermost: () => unknown,
): Promise<unknown> {
  // A copy: who registers meanwhile does not join a chain that has begun.
  const links = [...interceptors];
  const run = async (at: number): Promise<unknown> => {
    const link = links[at];
    return link === undefined ? innermost() : enter(link, () => quiet(run(at + 1)));
  };
  return run(0);
}
