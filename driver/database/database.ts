import { Client, Pool, type ClientConfig, type PoolConfig, type QueryArrayConfig } from 'pg';
import { repeatOnOutage } from '../backoff';
import { fromPg, RatchetError } from '../errors';
import { within } from '../within';
import { queryWithin } from './checkout';
import { migrate } from './migrate';
import { StepTransactions } from './step-transaction';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, GOODBYE_TIMEOUT_MS } from './time-limits';

/** Anything that can run a statement inside an open transaction. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A text, or one that each connection prepares once. */
export type Statement = string | { name: string; text: string };

/** Everything arrives as text: numbers stay exact, and JSON is read by the one door. */
const asText = { getTypeParser: () => (value: string) => value };

const SCHEMA_VERSION = 1;
const INSPECT = `select ratchet.version(), pg_is_in_recovery(),
  current_setting('transaction_isolation')`;
// Whatever the role or the database says: matching needs to see what was committed a moment ago.
const READ_COMMITTED = `set session characteristics as transaction isolation level read committed`;
const CHECK_REPEATS = 4;
/** A session that is kept has its plans made: a call on a new one takes 20 ms more. */
const IDLE_TIMEOUT_MS = 60_000;

/** A connection that breaks while idle is replaced; the next statement reports what is wrong. */
const ignore = () => undefined;

/** A database as the driver uses it: a pool, and where to connect for sessions of its own. */
export class Database {
  readonly pool: Pool;
  readonly stepTransactions: StepTransactions;
  private readonly isOwned: boolean;
  /** Connections of the pool. */
  private readonly clients = new Set<Client>();
  private ready: Promise<void> | undefined;

  constructor(
    readonly config: ClientConfig,
    pool?: Pool,
    /** As its user named it. */
    readonly connection: unknown = undefined,
  ) {
    this.isOwned = pool === undefined;
    this.pool = pool ?? new Pool({ ...poolDefaults, ...config });
    this.pool.on('error', ignore);
    if (this.isOwned) {
      this.pool.on('connect', (client) => this.clients.add(client as Client));
      this.pool.on('remove', (client) => this.clients.delete(client as Client));
    }
    this.stepTransactions = new StepTransactions(config);
  }

  /** Runs a statement in a commit of its own; each row is an array of texts. */
  async rows<R extends unknown[]>(statement: Statement, values: unknown[]): Promise<R[]> {
    const named = typeof statement === 'string' ? { text: statement } : statement;
    try {
      const config = { ...named, values, rowMode: 'array' as const, types: asText };
      return (await this.run<R>(config)).rows;
    } catch (error) {
      throw fromPg(error);
    }
  }

  /** A pool that was made here has its limits already. */
  private run<R extends unknown[]>(config: QueryArrayConfig) {
    if (this.isOwned) return this.pool.query<R>(config);
    return queryWithin<R>(this.pool, config, this.config.query_timeout);
  }

  /** Installs the engine if need be and checks that this driver fits it; once. */
  async prepare(isInstalling = true): Promise<void> {
    // Only a few times: whoever has given a wrong address wants to know.
    const checked = () => repeatOnOutage(CHECK_REPEATS, () => this.check(isInstalling));
    this.ready ??= checked().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }

  private async check(isInstalling: boolean): Promise<void> {
    if (isInstalling) await migrate({ pool: this.pool });
    const { version, isStandby, isolation } = await this.inspect();
    if (isStandby) {
      throw new RatchetError('WF603', 'The server is a standby.', {
        hint: 'Connect to the primary: a copy may be behind, and nothing can be written to it.',
      });
    }
    if (!this.isOwned && isolation !== 'read committed') {
      throw new RatchetError('WF605', 'The pool works at another isolation than read committed.', {
        detail: { default_transaction_isolation: isolation },
        hint: 'Give connection options instead of a pool, or leave the default of the pool.',
      });
    }
    if (version === SCHEMA_VERSION) return;
    throw new RatchetError('WF601', 'The schema and the driver do not fit.', {
      detail: { schema_version: version, driver_expects: SCHEMA_VERSION },
      hint:
        version < SCHEMA_VERSION
          ? 'Run `npx pgratchet migrate` with this version of the package.'
          : 'Upgrade the package to the version that installed the schema.',
    });
  }

  private async inspect(): Promise<{ version: number; isStandby: boolean; isolation: string }> {
    try {
      const [row] = await this.rows<[string, string, string]>(INSPECT, []);
      const [version, isStandby, isolation] = row ?? ['', '', ''];
      return { version: Number(version), isStandby: isStandby === 't', isolation };
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== '3F000' && code !== '42883') throw error;
      throw new RatchetError('WF602', 'The engine is not installed in this database.', {
        hint: 'Run `npx pgratchet migrate`, or let the driver install it.',
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.stepTransactions.close();
    if (!this.isOwned) this.pool.off('error', ignore);
    else if (!this.pool.ending) await this.end();
  }

  private async end(): Promise<void> {
    const ended = this.pool.end();
    // Those that still wait, for an answer or for the other side to close, would hold the process.
    const cut = () => this.clients.forEach(({ connection }) => connection.stream.destroy());
    setTimeout(cut, GOODBYE_TIMEOUT_MS).unref();
    await within(GOODBYE_TIMEOUT_MS, ended);
  }
}

const poolDefaults: PoolConfig = {
  application_name: 'pgratchet',
  max: 10,
  idleTimeoutMillis: IDLE_TIMEOUT_MS,
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  keepAlive: true,
  Client,
  // Awaited by the pool before the connection is used.
  onConnect: (client) => client.query(READ_COMMITTED) as unknown as void,
};
