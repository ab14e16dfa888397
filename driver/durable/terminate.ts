import { fromJson, toJson } from '../database/json-door';
import { checkName } from '../database/names';
import type { TerminateRequest } from '../database/job-calls';
import { checkNumbers, checkOptions, checkSwitches, refuseOption, type Limits } from '../options';
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
  /** Seconds for which the job, and its id, is kept; 0: the id is free. Default: as started. */
  expire?: number;
  /** No error if the job has finished. Default false. */
  suppress?: boolean;
  /** Accepted and without effect: children go on. */
  descend?: boolean;
}

const TEXTS = ['reason', 'stack'] as const;
const SWITCHES = ['throw', 'suppress', 'descend'];
const NUMBERS: Record<string, Limits> = { code: [0, 2 ** 31 - 1, 'whole'], expire: [0, 1e13] };
const KNOWN = [...TEXTS, ...SWITCHES, ...Object.keys(NUMBERS)];

function checkTypes(options: TerminateOptions, others: string[] = []): void {
  checkOptions(options, [...KNOWN, ...others], 'terminate');
  for (const option of TEXTS) {
    const value: unknown = options[option];
    if (value === undefined || typeof value === 'string') continue;
    refuseOption('terminate', option, value, 'Give text.');
  }
  checkSwitches(options, SWITCHES, 'terminate');
  checkNumbers(options, NUMBERS, 'terminate');
}

/** What a handle hands to the engine. */
export function checkTerminate(options: TerminateOptions): TerminateRequest {
  checkTypes(options, ['tx']);
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
