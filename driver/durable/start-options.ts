import { randomUUID } from 'node:crypto';
import { toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import type { Queryable } from '../database/database';
import type { WorkflowFunction } from '../engine/run-workflow';
import { RatchetError } from '../errors';
import { checkNumbers, checkOptions, checkSwitches, refuseOption, type Limits } from '../options';
import { traceOf, type TraceOptions } from '../telemetry/trace-context';
import { storedPolicy, type RetryPolicy } from './retry-policy';
import { searchFields, type SearchValue } from './search-fields';

/** How a workflow is started. */
export interface StartOptions<A extends unknown[] = unknown[]> extends TraceOptions {
  /** Positional arguments, any JSON values. Default none. */
  args?: A;
  /** Queue whose workers run it. Default: `entity`. */
  taskQueue?: string;
  /** Name of the workflow function. Default: `entity`. */
  workflowName?: string;
  /** The caller's own id, unique in the namespace. Default: generated. */
  workflowId?: string;
  /** Label stored with the job; also the default of `taskQueue` and `workflowName`. */
  entity?: string;
  /** Isolates everything. Default 'durable'. */
  namespace?: string;
  /** Seconds for which the finished job is kept. Default: as retention says, 7 days. */
  expire?: number;
  /**
   * How often a failing workflow is run again; also what activities have where they say nothing
   * themselves. `throwOnError` of a child is for who waits for it, not for its activities.
   */
  config?: RetryPolicy;
  /** false: it takes no hooks. Default true. */
  signalIn?: boolean;
  /** true: after its function has returned it stays open for hooks, until it is terminated. */
  persistent?: boolean;
  /** Data kept with the job; each key begins with -. */
  marker?: Record<string, unknown>;
  /** Seconds for which the id is only reserved; a second start runs the job. */
  pending?: number;
  /** Accepted and without effect: the engine knows of which jobs a job is the child. */
  parentWorkflowId?: string;
  originJobId?: string;
  /** Accepted and without effect. */
  await?: boolean;
  guid?: string;
  /** Search attributes to begin with; `index`, `prefix` and `schema` have no effect. */
  search?: SearchOptions;
}

export interface SearchOptions {
  data?: Record<string, SearchValue>;
  index?: string;
  prefix?: string[];
  schema?: object;
}

/** `StartOptions` of a client: also the transaction to start in. */
export interface ClientStartOptions<A extends unknown[] = unknown[]> extends StartOptions<A> {
  /** An open transaction: if it rolls back, nothing was started. */
  tx?: Transaction;
}

/** A `pg` client, a kysely transaction, or anything with `query(text, values)`. */
export type Transaction = Queryable | KyselyExecutor;

/** The part of a kysely transaction that is used. */
export interface KyselyExecutor {
  executeQuery(query: never): Promise<{ rows: unknown[] }>;
}

export interface CheckedStart {
  args: string;
  queue: string;
  workflow: string;
  workflowId: string;
  namespace: string;
  entity: string | undefined;
  expire: number | undefined;
  /** Also what the function is told beside its arguments. */
  retry: object | undefined;
  lifetime: Lifetime | undefined;
  search: { data: Record<string, string> } | undefined;
}

/** How a job takes hooks, and what it is marked with; only what was given. */
export type Lifetime = Pick<StartOptions, 'signalIn' | 'persistent' | 'marker' | 'pending'>;

function missing(option: string): never {
  throw new RatchetError('WF104', `${option} is missing.`, {
    detail: { option },
    hint: 'Give taskQueue and workflowName, or entity for both.',
  });
}

/** From 0 to more than 300,000 years. */
const SECONDS: Limits = [0, 1e13];

const START_OPTIONS = [
  ...['args', 'taskQueue', 'workflowName', 'workflowId', 'namespace', 'entity', 'expire', 'config'],
  ...['search', 'marker', 'signalIn', 'persistent', 'pending', 'parentWorkflowId', 'originJobId'],
  ...['workflowTrace', 'workflowSpan', 'await', 'guid', 'tx', 'signalId'],
];

/** Checks what a start is given and fills in the defaults. */
export function checkStart(
  options: StartOptions,
  defaults: { queue?: string; workflow?: string; namespace?: string; expire?: number } = {},
): CheckedStart {
  checkOptions(options, START_OPTIONS, 'start');
  const { entity, expire = defaults.expire, config } = options;
  const queue = options.taskQueue ?? defaults.queue ?? entity ?? missing('taskQueue');
  const workflow = options.workflowName ?? defaults.workflow ?? entity ?? missing('workflowName');
  checkNumbers({ expire }, { expire: SECONDS }, 'start');
  const { throwOnError } = config ?? {};
  const failing = throwOnError === undefined ? {} : { throwOnError };
  const retry = { ...storedPolicy(config), ...failing, ...traceOf(options) };
  return {
    args: checkArguments(options.args),
    queue: checkName(queue, 'taskQueue'),
    workflow: checkName(workflow, 'workflowName'),
    workflowId: checkName(options.workflowId ?? randomUUID(), 'workflowId'),
    namespace: checkName(options.namespace ?? defaults.namespace ?? 'durable', 'namespace'),
    entity: entity === undefined ? undefined : checkName(entity, 'entity'),
    expire: expire === undefined ? undefined : Math.ceil(expire),
    retry: Object.keys(retry).length === 0 ? undefined : retry,
    search: searchOf(options.search),
    lifetime: checkLifetime(options),
  };
}

/** The arguments of a start as they are stored. @throws RatchetError WF104, and as `toPayload` */
export function checkArguments(args: unknown = []): string {
  if (!Array.isArray(args)) refuseOption('start', 'args', args, 'Give a list of arguments.');
  return toPayload(args, 'args') ?? '[]';
}

/** A workflow starts and reaches jobs of its own namespace only. @throws RatchetError WF104 */
export function checkOwn(where: string, given: string, own: string): void {
  if (given === own) return;
  throw new RatchetError('WF104', `${where}: namespace is not '${own}'.`, {
    detail: { option: 'namespace' },
    hint: 'A workflow reaches the jobs of its own namespace; leave the option out.',
  });
}

function searchOf(search: SearchOptions | undefined): CheckedStart['search'] {
  if (search === undefined) return undefined;
  checkOptions(search, ['data', 'index', 'prefix', 'schema'], 'search');
  return search.data === undefined ? undefined : { data: searchFields(search.data) };
}

function checkLifetime({ signalIn, persistent, marker, pending }: StartOptions) {
  if ((signalIn ?? persistent ?? marker ?? pending) === undefined) return undefined;
  checkSwitches({ signalIn, persistent }, ['signalIn', 'persistent'], 'start');
  checkNumbers({ pending }, { pending: SECONDS }, 'start');
  if (marker === undefined) return { signalIn, persistent, pending } as Lifetime;
  if (typeof marker !== 'object' || marker === null || Array.isArray(marker)) {
    refuseOption('start', 'marker', marker, 'Give an object whose keys begin with -.');
  }
  for (const key of Object.keys(marker)) {
    if (/^-./.test(checkName(key, 'marker'))) continue;
    refuseOption('start', 'a key of marker', key, 'Give keys that begin with -.');
  }
  return { signalIn, persistent, marker, pending } as Lifetime;
}

/** The name a function is registered and started under. */
export function nameOf(workflow: WorkflowFunction | string): string {
  if (typeof workflow === 'string') return workflow;
  if (workflow.name === '') missing('The name of the workflow function');
  return workflow.name;
}

/** A transaction of any accepted form as something with `query`. */
export function queryableOf(tx: Transaction | undefined): Queryable | undefined {
  if (tx === undefined) return undefined;
  if (typeof tx !== 'object' || tx === null) notATransaction();
  if ('query' in tx && typeof tx.query === 'function') return tx;
  if ('executeQuery' in tx && typeof tx.executeQuery === 'function') {
    return {
      async query(text, values = []) {
        const { CompiledQuery } = await import('kysely');
        return tx.executeQuery(CompiledQuery.raw(text, values) as never);
      },
    };
  }
  notATransaction();
}

function notATransaction(): never {
  throw new RatchetError('WF104', 'tx is not a transaction.', {
    detail: { option: 'tx' },
    hint: 'Give a pg client, a kysely transaction, or an object with query(text, values).',
  });
}
