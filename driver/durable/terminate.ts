import { fromJson, toJson } from '../database/json-door';
import { checkName } from '../database/names';
import type { TerminateRequest } from '../database/job-calls';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';
import { currentWorkflow, durableCall } from './current-turn';
import { deserializeError } from './serialized-error';

export interface TerminateOptions {
  /** Message of the error that waiters get. Default `job [<id>] interrupted`. */
  reason?: string;
  /** Code of that error. Default 410. */
  code?: number;
  /** Stack of that error. Default ''. */
  stack?: string;
  /** false: who waits gets `undefined` instead of the error. Default true. */
  throw?: boolean;
  /** Seconds for which the job is kept. Default: as it was started with. */
  expire?: number;
  /** No error if the job has finished. Default false. */
  suppress?: boolean;
  /** Accepted and without effect: children go on. */
  descend?: boolean;
}

const TYPES: Record<keyof TerminateOptions, 'string' | 'number' | 'boolean'> = {
  reason: 'string',
  code: 'number',
  stack: 'string',
  throw: 'boolean',
  expire: 'number',
  suppress: 'boolean',
  descend: 'boolean',
};
const MOST = { code: 2 ** 31 - 1, expire: 1e13 };

function checkTypes(options: TerminateOptions): void {
  checkOptions(options, Object.keys(TYPES), 'terminate');
  for (const [option, type] of Object.entries(TYPES) as [keyof TerminateOptions, string][]) {
    const value = options[option];
    if (value === undefined) continue;
    const most = option === 'code' || option === 'expire' ? MOST[option] : Infinity;
    const isInRange = typeof value !== 'number' || (value >= 0 && value <= most);
    if (typeof value === type && isInRange) continue;
    throw new RatchetError('WF104', `terminate: ${option} is ${String(value)}.`, {
      detail: { option },
      hint: type === 'number' ? `Give a number from 0 to ${most}.` : `Give a ${type}.`,
    });
  }
  if (options.code !== undefined && !Number.isInteger(options.code)) {
    throw new RatchetError('WF104', `terminate: code is ${options.code}.`, {
      detail: { option: 'code' },
      hint: 'Give a whole number.',
    });
  }
}

/** What a handle hands to the engine. */
export function checkTerminate(options: TerminateOptions): TerminateRequest {
  checkTypes(options);
  const { reason = null, code = 410, suppress = false, stack, throw: isThrown, expire } = options;
  const isPlain = (stack ?? isThrown ?? expire) === undefined;
  return {
    ...{ reason, code, isSuppressed: suppress },
    options: isPlain ? null : toJson({ stack, throw: isThrown, expire }, 'options'),
  };
}

/**
 * Stops a workflow of this namespace at once, once however often this is replayed; it may be the
 * one that runs. Resolves to whether this call stopped it, which is false only with `suppress`.
 *
 * @throws Error `Job <id> already completed`, `Job <id> not found`
 */
export function terminate(workflowId: string, options: TerminateOptions = {}): Promise<boolean> {
  currentWorkflow('terminate');
  checkTypes(options);
  const id = checkName(workflowId, 'workflowId');
  return durableCall('terminate', {
    kind: 'terminate',
    name: id,
    options: toJson({ ...options, id }, 'options'),
    isCancellable: false,
    convert: (answer) => {
      const value = fromJson(answer.value);
      if (answer.isFailed) throw deserializeError(value);
      return value;
    },
  });
}
