import {
  Client,
  Pool,
  type ClientConfig,
  type PoolConfig,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { fromPg, RatchetError } from '../errors';
import { within } from '../within';
import { checkout, type Checkout } from './checkout';
import { CONNECT_TIMEOUT_MS, GOODBYE_TIMEOUT_MS, timed } from './time-limits';

/** What identifies one execution of an activity: whoever reports it names all of this. */
export interface ActivityClaim {
  workerId: string;
  jobId: string;
  address: string;
  position: number;
  attempt: number;
}

/** A connection inside the transaction of an activity. */
export interface StepClient {
  query<R extends QueryResultRow = QueryResultRow>(
    text: string | { text: string; values?: unknown[] },
    values?: unknown[],
  ): Promise<QueryResult<R>>;
}

const BEGIN = 'begin isolation level read committed';
/** A paused process may not keep the rows of its activity locked for ever. */
const LIMIT_IDLE = `set local idle_in_transaction_session_timeout = '5min'`;
const SAVE = 'savepoint ratchet_activity';
const KEEP = 'release savepoint ratchet_activity';
const UNDO = 'rollback to savepoint ratchet_activity; release savepoint ratchet_activity';
const REPORT = 'select ratchet.commit_activity($1, $2, $3, $4, $5, $6)';

function refuse(message: string, hint: string): RatchetError {
  return new RatchetError('WF303', message, { hint });
}

function closed(): RatchetError {
  const hint = 'Nothing was written; the activity is run again elsewhere.';
  return refuse('The worker was closed before the transaction of the activity began.', hint);
}

/** A query in either form; as in pg, values beside an object win over those in it. */
function queryOf(given: Parameters<StepClient['query']>): QueryConfig {
  if (given.some((part) => typeof part === 'function')) {
    throw new RatchetError('WF104', 'A query of activity.transaction was given a callback.', {
      detail: { option: 'callback' },
      hint: 'Await the promise that query returns.',
    });
  }
  const [text, values] = given;
  if (typeof text === 'string') return { text, values: values ?? [] };
  return values === undefined ? text : { ...text, values };
}

/**
 * The transaction of one execution of an activity. It stays open until the activity returns; then
 * the activity's result and everything written in it are committed together.
 */
export class StepTransaction {
  /** The part under way, if any. */
  private isBusy = false;
  private isEnded = false;
  private isReleased = false;
  /** Why nothing of it may be committed any more. */
  private spoilt: Error | undefined;

  constructor(
    private readonly held: Checkout,
    private readonly claim: ActivityClaim,
    private readonly onEnd: () => void,
  ) {}

  /** Runs a part of it; what a part that throws has written is taken back. */
  async run<T>(work: (client: StepClient) => Promise<T> | T): Promise<T> {
    if (this.isEnded) {
      throw refuse('The activity has ended, and its transaction with it.', 'Await every part.');
    }
    if (this.isBusy) {
      const hint = 'Use the client that the outer one was given, or await the first.';
      throw refuse('A transaction of this activity is open already.', hint);
    }
    this.isBusy = true;
    let isOver = false;
    const client: StepClient = {
      query: async (...given) => {
        if (isOver) throw refuse('This part of the transaction is over.', 'Await every query.');
        return this.held.client.query(queryOf(given));
      },
    };
    try {
      await this.own(SAVE);
      const value = await work(client);
      await this.own(KEEP).catch((error: unknown) => this.check(error));
      return value;
    } catch (error) {
      // What cannot be taken back may not be committed: the connection is gone, or the transaction.
      await this.own(UNDO).catch((reason: Error) => (this.spoilt ??= reason));
      throw error;
    } finally {
      isOver = true;
      this.isBusy = false;
    }
  }

  /** Without its savepoint the transaction is not the one that was begun. */
  private check(cause: unknown): never {
    if (!['25P01', '3B001'].includes((cause as { code?: string }).code ?? '')) throw cause;
    this.spoilt = refuse(
      'The transaction of the activity was ended inside of it, without the result.',
      'Leave COMMIT and ROLLBACK to the engine: it commits when the activity returns.',
    );
    throw this.spoilt;
  }

  /**
   * Commits it with the result of the activity.
   *
   * @throws if nothing was committed, and when COMMIT got no answer: then nobody knows yet, and the
   *   failure that the caller reports counts only if the commit did not.
   */
  async commit(result: string | null): Promise<void> {
    try {
      if (this.isBusy) {
        throw refuse('The activity returned before its transaction was over.', 'Await it.');
      }
      if (this.spoilt !== undefined) throw this.spoilt;
      this.isEnded = true;
      const { workerId, jobId, position, attempt, address } = this.claim;
      await this.own(REPORT, [workerId, jobId, position, attempt, result, address]);
      await this.own('commit');
    } catch (error) {
      this.end(true);
      throw error;
    }
    this.end(false);
  }

  /** Takes everything back. */
  async rollback(): Promise<void> {
    this.isEnded = true;
    const isIdle = !this.isBusy && this.spoilt === undefined;
    const isClean = isIdle && (await this.own('rollback').then(Boolean, () => false));
    this.end(!isClean);
  }

  /** Gives the connection back, or closes it, which takes back what is not committed. */
  end(isClosing: boolean): void {
    this.isEnded = true;
    if (this.isReleased) return;
    this.isReleased = true;
    this.onEnd();
    this.held.release(isClosing);
  }

  private async own(text: string, values?: unknown[]): Promise<true> {
    try {
      await this.held.client.query(timed(text, values));
      return true;
    } catch (error) {
      throw fromPg(error);
    }
  }
}

/**
 * Connections for the transactions of activities, as many as the connection's `max` and apart from
 * the engine's own: activities that hold all of them, or wait for one, hold up no exchange.
 */
export class StepTransactions {
  private pool: Pool | undefined;
  /** Those that begin, too. */
  private readonly open = new Set<StepTransaction>();
  /** Refuse those that wait for a connection. */
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  constructor(private readonly config: ClientConfig) {}

  async begin(claim: ActivityClaim): Promise<StepTransaction> {
    if (this.isClosed) throw closed();
    this.pool ??= this.connectable();
    const held = await this.take(this.pool);
    const transaction: StepTransaction = new StepTransaction(held, claim, () => {
      this.open.delete(transaction);
    });
    this.open.add(transaction);
    try {
      await held.client.query(timed(BEGIN));
      await held.client.query(timed(LIMIT_IDLE));
      if (this.wasClosed()) throw closed();
    } catch (error) {
      transaction.end(true);
      throw this.wasClosed() ? closed() : fromPg(error);
    }
    return transaction;
  }

  /** A pool that ends forgets those that wait for a connection: they are refused here. */
  private take(pool: Pool): Promise<Checkout> {
    return new Promise((resolve, reject) => {
      const refused = () => reject(closed());
      this.waiting.add(refused);
      const taken = (held: Checkout) => (this.isClosed ? held.release(true) : resolve(held));
      const settled = () => this.waiting.delete(refused);
      checkout(pool, null).finally(settled).then(taken, reject);
    });
  }

  /** While something was awaited. */
  private wasClosed(): boolean {
    return this.isClosed;
  }

  private connectable(): Pool {
    const limits = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true };
    const options: PoolConfig = { application_name: 'pgratchet', ...this.config };
    const Connection = (options.Client ?? Client) as typeof Client;
    // As a limit of the pool it would also end the wait for what other activities hold.
    class LimitedClient extends Connection {
      constructor() {
        super({ ...limits, ...options });
      }
    }
    const pool = new Pool({ ...options, Client: LimitedClient });
    return pool.on('error', () => undefined);
  }

  /** What is still open is taken back, and what would begin is refused. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const transaction of this.open) transaction.end(true);
    for (const refused of this.waiting) refused();
    if (this.pool !== undefined) await within(GOODBYE_TIMEOUT_MS, this.pool.end());
  }
}
