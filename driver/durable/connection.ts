import { Client } from 'pg';
import { hubOf, isPool, type Connection as Single, type Hub, type HubOptions } from '../engine/hub';
import { RatchetError } from '../errors';
import { newerOf } from '../options';
import { withCredentials, type WorkerCredentials } from './credentials';

/** The split form: parts by purpose. `store` is used for everything. */
export interface SplitConnection {
  store: Single;
  /** Workers on it run nothing. */
  readonly?: boolean;
  [part: string]: unknown;
}

/** A connection string, `{ class, options }`, or the split form. */
export type ConnectionConfig = string | Single | SplitConnection;

const HINT = 'Give { class: Client, options: { connectionString } } with the pg Client class.';

function missing(what: string): never {
  throw new RatchetError('WF104', `${what} is missing.`, { hint: HINT });
}

function isSplit(config: ConnectionConfig): config is SplitConnection {
  return typeof config === 'object' && config !== null && 'store' in config;
}

function providerOf(given: unknown): Single['provider'] {
  if (isPool(given)) return 'postgres.poolclient';
  const isPoolClass =
    typeof given === 'function' && 'totalCount' in ((given.prototype as object | undefined) ?? {});
  return isPoolClass ? 'postgres.pool' : 'postgres';
}

/** Checks one form and says what it is. Nothing is opened. */
function checked(config: unknown): Single {
  if (typeof config !== 'object' || config === null) missing('The connection');
  const single = config as Single;
  if (!single.class) missing('class of the connection');
  if (typeof single.class !== 'function' && !isPool(single.class)) {
    throw new RatchetError('WF104', 'class of the connection is not a class or pool of pg.', {
      hint: HINT,
    });
  }
  if (single.options !== undefined && (typeof single.options !== 'object' || !single.options)) {
    throw new RatchetError('WF104', 'options of the connection is not an object.', { hint: HINT });
  }
  newerOf(single, 'retry', 'retryPolicy', 'the connection');
  return single;
}

function normalise(config: ConnectionConfig): Single {
  if (typeof config === 'string') {
    return { class: Client, options: { connectionString: config } };
  }
  return checked(isSplit(config) ? config.store : config);
}

/** Whether workers on the connection are to run nothing. */
export function isReadonly(config: ConnectionConfig): boolean {
  if (typeof config === 'string') return false;
  return config.readonly === true || (isSplit(config) && config.store.readonly === true);
}

/** The hub of a connection; with credentials, one that logs in with them. */
export function hubFor(
  config: ConnectionConfig,
  settings?: HubOptions,
  credentials?: WorkerCredentials,
): Hub {
  const single = normalise(config);
  return hubOf(credentials === undefined ? single : withCredentials(single, credentials), settings);
}

function connect(config: ConnectionConfig): ConnectionConfig {
  if (isSplit(config)) {
    checked(config.store);
    return config;
  }
  const single = normalise(config);
  return { ...single, provider: single.provider ?? providerOf(single.class) };
}

/** Names a database without connecting to it; connections open when they are first used. */
export const Connection = { connect, create: connect };
