import {
  Client,
  type ClientConfig,
  type Pool,
  type PoolClient,
  type QueryArrayConfig,
  type QueryArrayResult,
} from 'pg';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './time-limits';

/** A connection that is out of its pool for more than one statement. */
export interface Checkout {
  client: PoolClient;
  /** Gives it back, or closes it. */
  release: (isClosing: boolean) => void;
}

/**
 * Takes a connection out of a pool, which listens to it only while it is in there: without a
 * listener one that breaks would end the process, even while a statement waits for its answer.
 *
 * @param limitMs how long to wait for one, unless the pool has a limit of its own; null: for ever
 */
export async function checkout(
  pool: Pool,
  limitMs: number | null = CONNECT_TIMEOUT_MS,
): Promise<Checkout> {
  const client = await given(pool, pool.options.connectionTimeoutMillis ? null : limitMs);
  const release: Checkout['release'] = (isClosing) => {
    client.release(isClosing);
    client.off('error', ignore);
  };
  return { client, release };
}

/** Listened to before anything else can happen; what the pool gives too late goes back at once. */
function given(pool: Pool, limitMs: number | null): Promise<PoolClient> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const late = () => {
      isLate = true;
      reject(new Error('timeout exceeded when trying to connect'));
    };
    const timer = limitMs === null ? undefined : setTimeout(late, limitMs);
    pool.connect((error, client) => {
      clearTimeout(timer);
      if (client === undefined) reject(error ?? new Error('The pool gave no connection.'));
      else if (isLate) client.release();
      else resolve(client.on('error', ignore));
    });
  });
}

/** One statement on a pool that may have no limits of its own. */
export async function queryWithin<R extends unknown[]>(
  pool: Pool,
  config: QueryArrayConfig,
  limitMs: number | undefined,
): Promise<QueryArrayResult<R>> {
  const { client, release } = await checkout(pool);
  let isBroken = true;
  try {
    const limited = { ...config, query_timeout: limitMs || ANSWER_TIMEOUT_MS };
    const result = await client.query<R>(limited);
    isBroken = false;
    return result;
  } finally {
    release(isBroken);
  }
}

/** Makes a connection of its own; whoever asked for it ends it. */
export async function connected(config: ClientConfig): Promise<Client> {
  const limits = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true };
  const client = new Client({ ...limits, ...config });
  client.on('error', ignore);
  await client.connect();
  return client;
}

function ignore(): void {
  // The statement that waits for an answer fails, or the next one.
}
