import { RatchetError } from './errors';

/** A connected client of `pg`, as far as it is needed here. */
interface Connectable {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error', heard: (error: unknown) => void): unknown;
}

type ConnectableClass<C> = new (options: object) => C;

const open = new Map<string, Connectable>();

/** Closes what `ConnectorPostgres.connect` opened in this process. */
export async function disconnectAll(): Promise<void> {
  const clients = [...open.values()];
  open.clear();
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
}

/** Connections of your own that end with `Durable.shutdown()`. */
export const Connector = { disconnectAll };

/**
 * Connects a client by its `pg` class and options.
 *
 * @example
 * const { getClient } = await ConnectorPostgres.connect(Durable.guid(), Client, options);
 * await getClient().query('select 1');
 */
export const ConnectorPostgres = {
  async connect<C extends Connectable>(id: string, Class: ConnectableClass<C>, options: object) {
    if (open.has(id)) {
      throw new RatchetError('WF104', `A connection with the id ${id} is open.`, {
        hint: 'Give each connection an id of its own: Durable.guid().',
      });
    }
    const client = new Class(options);
    // A connection that breaks while idle: the next statement says so.
    client.on('error', () => undefined);
    await client.connect();
    open.set(id, client);
    return {
      id,
      getClient: (): C => client,
      async disconnect(): Promise<void> {
        if (open.delete(id)) await client.end();
      },
    };
  },
  disconnectAll,
};

/** There is no other server than Postgres here. */
export const ConnectorNATS = {
  connect(): Promise<never> {
    const error = new RatchetError('WF104', 'NATS is not used: everything goes through Postgres.', {
      hint: 'Leave the NATS connection out; Postgres wakes the workers.',
    });
    return Promise.reject(error);
  },
  disconnectAll: async (): Promise<void> => undefined,
};
