import { fromJson, toJson } from '../database/json-door';
import { checkName } from '../database/names';
import { RatchetError } from '../errors';
import { checkOptions, refuseOption } from '../options';
import { currentWorkflow, durableCall, durably } from './current-turn';
import { condition } from './signals';
import { checkOwn, checkStart, type StartOptions } from './start-options';

/** Which function runs inside which job. */
export type HookOptions<A extends unknown[] = unknown[]> = Pick<
  StartOptions<A>,
  | 'args'
  | 'taskQueue'
  | 'workflowName'
  | 'workflowId'
  | 'entity'
  | 'namespace'
  | 'config'
  | 'search'
>;

export const HOOK_OPTIONS = [
  ...['workflowId', 'args', 'taskQueue', 'workflowName', 'entity', 'namespace', 'config', 'search'],
];

export interface ExecHookOptions<A extends unknown[] = unknown[]> extends HookOptions<A> {
  /** Id of the signal by which the hook answers. Default: generated. */
  signalId?: string;
}

function endless(problem: string): never {
  throw new RatchetError('WF104', `hook would start an infinite loop: ${problem}.`, {
    hint: 'Give taskQueue and workflowName, or entity, of another function.',
  });
}

/** A hook of the job itself that runs the function it is called in would never come to an end. */
function checkHook(options: HookOptions) {
  const { turn } = currentWorkflow('hook');
  const { workflowId, namespace, queue, workflow } = turn.work;
  if (options.taskQueue === undefined && options.entity === undefined) {
    endless('neither taskQueue nor entity is given');
  }
  if (options.workflowName === undefined && options.entity === undefined) {
    endless('neither workflowName nor entity is given');
  }
  const target = { ...options, workflowId: options.workflowId ?? workflowId };
  const hook = checkStart(target, { namespace });
  const isOwn = hook.workflowId === workflowId && hook.queue === queue;
  if (isOwn && hook.workflow === workflow) endless('it is the function that calls it');
  checkOwn('hook', hook.namespace, namespace);
  return hook;
}

function hookCall(options: HookOptions): Promise<string> {
  const { args, queue, workflow, workflowId: id, retry, search } = checkHook(options);
  const { isShielded, turn } = currentWorkflow('hook');
  // Part of a clean-up: the cancellation that has come is not meant for it.
  const shielded = (isShielded && turn.isCancelled) || undefined;
  return durableCall('hook', {
    kind: 'hook',
    name: workflow,
    input: args,
    options: toJson({ id, queue, retry, search, shielded }, 'options'),
    isCancellable: false,
    convert: (answer) => fromJson(answer.value),
  });
}

/**
 * Runs another function inside this job, or the one that is named, in a thread of its own; goes on
 * once it is started. Resolves to an id of the call. A job that is unknown, has finished or takes
 * no hooks ignores it.
 */
export function hook(options: HookOptions): Promise<string> {
  return durably(() => {
    currentWorkflow('hook');
    checkOptions(options, HOOK_OPTIONS, 'hook');
    return hookCall(options);
  });
}

/** A hook that is to answer, and the signal by which it does: `{ signal, $durable }` comes last. */
function answering(options: ExecHookOptions, offset: number) {
  const { turn } = currentWorkflow('execHook');
  checkOptions(options, [...HOOK_OPTIONS, 'signalId'], 'execHook');
  const { signalId, args: given = [], ...rest } = options;
  if (!Array.isArray(given)) {
    refuseOption('execHook', 'args', given, 'Give a list of arguments.');
  }
  const position = turn.counter + offset + 1;
  const generated = `-hook-${turn.jobId}-${turn.address}-${position}`;
  const signal = checkName(signalId ?? generated, 'signalId');
  const args = [...given, { signal, $durable: true }];
  checkHook({ ...rest, args });
  return { signal, hook: { ...rest, args } };
}

/**
 * Runs a hook and waits for its answer: it gets `{ signal, $durable: true }` as its last argument
 * and answers by `workflow.signal(info.signal, result)`.
 *
 * @example
 * const verdict = await Durable.workflow.execHook<{ ok: boolean }>({
 *   taskQueue: 'reviewers', workflowName: 'review', args: [documentId],
 * });
 */
export function execHook<T = unknown>(options: ExecHookOptions): Promise<T> {
  return durably(() => {
    const { signal, hook: given } = answering(options, 0);
    // Both are called before either is awaited: they are recorded together.
    return Promise.all([hookCall(given), condition<T>(signal)]).then(([, answer]) => answer);
  });
}

interface KeyedHook {
  key: string;
  options: ExecHookOptions;
}

/** The hooks of a batch, with the signals by which they answer. */
function checkBatch(hooks: KeyedHook[]) {
  currentWorkflow('execHookBatch');
  if (!Array.isArray(hooks)) {
    throw new RatchetError('WF104', 'execHookBatch was not given an array.', {
      hint: 'Give [{ key, options }].',
    });
  }
  const keys = new Set<string>();
  return hooks.map((each, index) => {
    checkOptions(each, ['key', 'options'], 'execHookBatch');
    const key = checkName(each.key, 'key');
    if (keys.has(key)) {
      throw new RatchetError('WF104', `execHookBatch has the key '${key}' twice.`, {
        detail: { option: 'key' },
        hint: 'Give each hook a key of its own.',
      });
    }
    keys.add(key);
    return { key, ...answering(each.options, index) };
  });
}

/** Starts several hooks, then waits for the answers of all; each comes under its key. */
export function execHookBatch<T extends Record<string, unknown> = Record<string, unknown>>(
  hooks: { key: keyof T & string; options: ExecHookOptions }[],
): Promise<T> {
  return durably(() => {
    const checked = checkBatch(hooks);
    const started = checked.map((each) => hookCall(each.hook));
    const waits = checked.map((each) => condition(each.signal));
    return Promise.all(waits).then(async (answers) => {
      await Promise.all(started);
      return Object.fromEntries(checked.map(({ key }, index) => [key, answers[index]])) as T;
    });
  });
}
