import { Client, type ClientConfig, type Pool, type PoolClient } from 'pg';

/** A connection that is out of its pool for more than one statement. */
export interface Checkout {
  client: PoolClient;
  /** Gives it back, or closes it. */
  release: (isClosing: boolean) => void;
}

/**
 * Takes a connection out of a pool, which listens to it only while it is in there: without a
 * listener one that breaks would end the process, even while a statement waits for its answer.
 */
export async function checkout(pool: Pool): Promise<Checkout> {
  const client = await pool.connect();
  client.on('error', ignore);
  const release: Checkout['release'] = (isClosing) => {
    client.release(isClosing);
    client.off('error', ignore);
  };
  return { client, release };
}

/** Makes a connection of its own; whoever asked for it ends it. */
export async function connected(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  client.on('error', ignore);
  await client.connect();
  return client;
}

function ignore(): void {
  // The statement that waits for an answer fails, or the next one.
}
