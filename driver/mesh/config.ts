import { durationSeconds } from '../duration';
import { isReadonly, type ConnectionConfig } from '../durable/connection';
import { RatchetError } from '../errors';
import type { WorkerCredentials } from '../durable/credentials';
import type { EventSink } from '../events';
import { checkLogLevel } from '../log';
import { newerOf } from '../options';
import type { Logger } from './logger';
import type { WorkerCallback, WorkerRetryPolicy } from './messages';

/** Where the database is. */
interface Connected {
  connection?: ConnectionConfig;
  /** Another name of `connection`. */
  connections?: ConnectionConfig;
}

export interface EngineConfig extends Connected {
  /** true: starts, reads and signals, but lets no job go on. Default false. */
  readonly?: boolean;
  [option: string]: unknown;
}

/** Whether an engine lets no job go on, as it or its connection says. */
export function startsOnly(engine: EngineConfig): boolean {
  return engine.readonly === true || isReadonly(connectionOf(engine, 'the engine'));
}

/** @throws RatchetError WF104 where none is given */
export function connectionOf(part: Connected, whose: string): ConnectionConfig {
  const given = newerOf(part, 'connection', 'connections', whose);
  if (given !== undefined) return given;
  return refuse('The connection is missing.', `Give ${whose} a connection: { class, options }.`);
}

export interface WorkerConfig extends Connected {
  topic: string;
  callback: WorkerCallback;
  /** Retries of its messages. Without a policy nothing is retried. */
  retry?: WorkerRetryPolicy;
  /** Another name of `retry`. */
  retryPolicy?: WorkerRetryPolicy;
  /** Runs only messages of this workflow; others of the topic are left to others. */
  workflowName?: string;
  /** true: takes nothing. Default false. */
  readonly?: boolean;
  /** Of a role that may only serve its queues. */
  workerCredentials?: WorkerCredentials;
  [option: string]: unknown;
}

export interface HotMeshConfig {
  /** Letters, digits and hyphens; not `a`. */
  appId: string;
  /** Default `hmsh`. */
  namespace?: string;
  /** Identity of this instance; generated when absent. */
  guid?: string;
  /** Stands in its lines of log. */
  name?: string;
  /** Accepted, without effect: connections with the same options are shared. */
  taskQueue?: string;
  /** Default HMSH_LOGLEVEL, else `info`. */
  logLevel?: string;
  logger?: Logger;
  /** Absent: an instance with workers only. */
  engine?: EngineConfig;
  workers?: WorkerConfig[];
  /** Receives system events. */
  events?: EventSink;
  [option: string]: unknown;
}

function refuse(message: string, hint: string): never {
  throw new RatchetError('WF104', message, { hint });
}

const NAME = /^[A-Za-z0-9-]+$/;

/** @throws RatchetError WF104 that names the field */
export function checkConfig(config: HotMeshConfig): void {
  const { appId, namespace = 'hmsh', workers = [], engine } = config;
  if (typeof appId !== 'string' || !NAME.test(appId)) {
    refuse(`config.appId [${String(appId)}] is invalid`, 'Use letters, digits and "-".');
  }
  if (appId === 'a') refuse('config.appId [a] is reserved', 'Choose another id.');
  if (typeof namespace !== 'string' || !NAME.test(namespace)) {
    refuse(`config.namespace [${String(namespace)}] is invalid`, 'Use letters, digits and "-".');
  }
  if (engine === undefined && workers.length === 0) {
    refuse('The instance has neither an engine nor workers.', 'Give engine: { connection }.');
  }
  if (config.logLevel !== undefined) checkLogLevel(config.logLevel);
  for (const worker of workers) checkWorker(worker);
}

function checkWorker(worker: WorkerConfig): void {
  if (typeof worker?.topic !== 'string' || worker.topic === '') {
    refuse('A worker has no topic.', 'Give the topic of the activities that it runs.');
  }
  if (typeof worker.callback !== 'function') {
    refuse(`The worker of ${worker.topic} has no callback.`, 'Give an async function.');
  }
  newerOf(worker, 'retry', 'retryPolicy', `the worker of ${worker.topic}`);
  storedRetry(worker);
}

/** The policy of a worker as the engine stores it: total executions, and seconds. */
export function storedRetry({ retry, retryPolicy, topic }: WorkerConfig): object | undefined {
  const policy = retry ?? retryPolicy;
  if (policy === undefined) return undefined;
  const { maximumAttempts = 3, backoffCoefficient = 10, maximumInterval = 120 } = policy;
  const whose = `The retry policy of the worker of ${topic}`;
  if (!Number.isInteger(maximumAttempts) || maximumAttempts < 1) {
    refuse(`${whose}: maximumAttempts is ${String(maximumAttempts)}.`, 'Give 1 or more.');
  }
  if (typeof backoffCoefficient !== 'number' || !(backoffCoefficient >= 0)) {
    refuse(`${whose}: backoffCoefficient is ${String(backoffCoefficient)}.`, 'Give a number.');
  }
  const seconds = durationSeconds(maximumInterval, `maximumInterval of the worker of ${topic}`);
  return { maximumAttempts, backoffCoefficient, maximumInterval: seconds };
}
