import { Client } from 'pg';
import { hubOf, type Connection as Single, type Hub, type HubOptions } from '../engine/hub';
import { RatchetError } from '../errors';

/** The split form: parts by purpose. `store` is used for everything. */
export interface SplitConnection {
  store: Single;
  [part: string]: unknown;
}

/** A connection string, `{ class, options }`, or the split form. */
export type ConnectionConfig = string | Single | SplitConnection;

function normalise(config: ConnectionConfig): Single {
  if (typeof config === 'string') {
    return { class: Client, options: { connectionString: config } };
  }
  if (typeof config !== 'object' || config === null) {
    throw new RatchetError('WF104', 'The connection is missing.', {
      hint: 'Give { class: Client, options: { connectionString } } with the pg Client class.',
    });
  }
  return 'store' in config ? config.store : config;
}

export function hubFor(config: ConnectionConfig, settings?: HubOptions): Hub {
  return hubOf(normalise(config), settings);
}

/** Names a database without connecting to it; connections open when they are first used. */
export const Connection = {
  connect(config: ConnectionConfig): ConnectionConfig {
    if (typeof config !== 'string' && 'store' in config) return config;
    return { ...normalise(config) };
  },
  create(config: ConnectionConfig): ConnectionConfig {
    return Connection.connect(config);
  },
};
