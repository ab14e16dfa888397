import { context, type WorkflowContext } from '../engine/context';
import type { Call } from '../engine/call';
import type { DurablePromise } from '../engine/durable-promise';
import { RatchetError } from '../errors';

/** The workflow function that is running. Throws outside of one. */
export function currentWorkflow(what: string): WorkflowContext {
  const current = context.getStore();
  if (current?.kind === 'workflow') return current;
  const where = current === undefined ? 'outside of a workflow' : 'inside an activity';
  throw new RatchetError('WF303', `${what} was called ${where}.`, {
    hint: 'Call it in a workflow function that a worker runs; in an activity, return instead.',
  });
}

type CallOptions = Pick<Call, 'kind' | 'name' | 'convert'> & Partial<Call>;

/** Makes a durable call of the workflow that is running. */
export function durableCall<T>(what: string, options: CallOptions): Promise<T> {
  const { turn, isShielded } = currentWorkflow(what);
  // Plain fields: this object is made once a step.
  const call: Call = {
    kind: options.kind,
    name: options.name,
    input: options.input ?? null,
    queue: options.queue ?? null,
    delay: options.delay ?? null,
    options: options.options ?? null,
    isCancellable: !isShielded && (options.isCancellable ?? true),
    convert: options.convert,
  };
  return turn.call(call) as DurablePromise<T>;
}
