import { randomUUID } from 'node:crypto';
import { fromJson, toJson, toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import { durationMs, type Duration } from '../duration';
import type { Hub } from '../engine/hub';
import type { EventSink } from '../events';
import { EscalationCaller } from './escalation-caller';
import { checkCall, checkChange, checkId, checkNamespace, checkObject } from './escalation-checks';
import type { EscalationEntry } from './escalation-entry';
import {
  createFields,
  migrateFields,
  updateFields,
  type CreateEscalation,
  type EscalationFields,
  type MigrateEscalation,
} from './escalation-fields';
import { FILTER, filterOf, orderOf, type ListOptions } from './escalation-filter';
import type {
  AllResult,
  ByMetadata,
  ClaimOptions,
  ClaimResult,
  Done,
  EscalationStats,
  InTransaction,
  Refused,
  ResolveResult,
} from './escalation-results';
import { resolverPayload } from './resolver-payload';

/** Tasks for people: to be listed, claimed, and resolved, which resumes the workflow that waits. */
export class EscalationClient {
  private readonly calls: EscalationCaller;

  /** @internal */
  constructor(hubOf: () => Hub | Promise<Hub>, events: EventSink | undefined) {
    this.calls = new EscalationCaller(hubOf, events);
  }

  /** Creates a task beside any wait; with a `signalKey`, resolving it sends that signal. */
  async create(options: CreateEscalation & InTransaction): Promise<EscalationEntry> {
    checkObject(options, 'escalations.create');
    const { tx, ...fields } = options;
    const [entry] = await this.calls.entries(
      'create',
      [createFields(fields), randomUUID()],
      'created',
      tx,
    );
    return entry as EscalationEntry;
  }

  async get(id: string, namespace?: string): Promise<EscalationEntry | null> {
    return this.calls.one('get', [checkId(id), checkNamespace(namespace)]);
  }

  /** The pending task of the key, else the newest of those that have ended. */
  async getBySignalKey(key: string, namespace?: string): Promise<EscalationEntry | null> {
    return this.calls.one('getByKey', [checkName(key, 'key'), checkNamespace(namespace)]);
  }

  /** The most urgent first, of equal ones the newest. */
  async list(options: ListOptions = {}): Promise<EscalationEntry[]> {
    const known = [...FILTER, 'sortBy', 'sortOrder', 'orderBy', 'limit', 'offset'];
    checkCall(options, 'escalations.list', [], known);
    const { limit = 50, offset = 0 } = options;
    return this.calls.entries('list', [filterOf(options), orderOf(options), limit, offset]);
  }

  async count(options: ListOptions = {}): Promise<number> {
    checkCall(options, 'escalations.count', [], [...FILTER, 'limit', 'offset']);
    return Number((await this.calls.rows('count', [filterOf(options)]))[0]);
  }

  /** Claims a task for a while; who has it already gets more time. */
  async claim(options: ClaimOptions): Promise<ClaimResult> {
    checkChange(options, 'escalations.claim', ['id', 'assignee'], ['durationMinutes']);
    const { id, assignee, durationMinutes = 1, tx } = options;
    const values = [id, assignee, durationMinutes, randomUUID()];
    return this.calls.result<ClaimResult>('claim', values, 'claimed', tx);
  }

  /** Claims the most urgent, oldest available task whose metadata have the value under the key. */
  async claimByMetadata(
    options: ByMetadata & { assignee: string; durationMinutes?: number },
  ): Promise<ClaimResult & { candidatesExist: number }> {
    const optional = ['value', 'durationMinutes', 'roles', 'metadata'];
    checkChange(options, 'escalations.claimByMetadata', ['key', 'assignee'], optional);
    const { key, value, assignee, durationMinutes = 1, roles = null, metadata, tx } = options;
    const wanted = [key, toJson(value ?? null, 'value')];
    const given = [assignee, durationMinutes, roles, toJson(metadata, 'metadata'), randomUUID()];
    const values = [...wanted, ...given, options.namespace ?? null];
    return this.calls.result('claimByMetadata', values, 'claimed', tx);
  }

  async claimMany(
    options: Omit<ClaimOptions, 'id'> & { ids: string[] },
  ): Promise<{ claimed: number; skipped: number }> {
    checkChange(options, 'escalations.claimMany', ['ids', 'assignee'], ['durationMinutes']);
    const { assignee, durationMinutes = 1, tx } = options;
    const ids = [...new Set(options.ids)];
    const values = [ids, assignee, durationMinutes, randomUUID()];
    const { length: claimed } = await this.calls.entries('claimMany', values, 'claimed', tx);
    return { claimed, skipped: options.ids.length - claimed };
  }

  /** Gives a claim back; with `assignee`, only that one's. */
  async release(
    options: { id: string; assignee?: string } & InTransaction,
  ): Promise<Done | Refused<'not-found' | 'wrong-assignee'>> {
    checkChange(options, 'escalations.release', ['id'], ['assignee']);
    const values = [options.id, options.assignee ?? null, randomUUID()];
    return this.calls.result('release', values, 'released', options.tx);
  }

  /**
   * Resolves a task; the workflow that waits for it goes on with the payload, in the same commit.
   * Of two that race one wins.
   *
   * @example
   * await client.escalations.resolve({ id, resolverPayload: { approved: true } });
   */
  async resolve(
    options: {
      id: string;
      resolverPayload?: unknown;
      metadata?: Record<string, unknown>;
      /** Who asserts to have claimed it. */
      assertClaim?: string;
    } & InTransaction,
  ): Promise<ResolveResult> {
    const optional = ['resolverPayload', 'metadata', 'assertClaim'];
    checkChange(options, 'escalations.resolve', ['id'], optional);
    const { id, metadata, assertClaim = null, tx } = options;
    const payload = resolverPayload(options.resolverPayload);
    const rest = [toJson(metadata, 'metadata'), assertClaim, randomUUID()];
    return this.calls.resolve(id, payload, rest, tx);
  }

  async resolveByMetadata(
    options: ByMetadata & { resolverPayload?: unknown },
  ): Promise<ResolveResult> {
    const optional = ['value', 'resolverPayload', 'roles', 'metadata'];
    checkChange(options, 'escalations.resolveByMetadata', ['key'], optional);
    const { key, value, roles = null, metadata, namespace = null, tx } = options;
    const payload = resolverPayload(options.resolverPayload);
    const wanted = [key, toJson(value ?? null, 'value')];
    const rest = [roles, toJson(metadata, 'metadata'), randomUUID(), namespace];
    return this.calls.resolveByMetadata(wanted, payload, rest, tx);
  }

  /** Resolves those of the tasks that are pending and for which no workflow waits. */
  async resolveMany(
    options: {
      ids: string[];
      resolverPayload?: unknown;
      metadata?: Record<string, unknown>;
    } & InTransaction,
  ): Promise<EscalationEntry[]> {
    checkChange(options, 'escalations.resolveMany', ['ids'], ['resolverPayload', 'metadata']);
    const payload = toPayload(options.resolverPayload, 'resolverPayload');
    const metadata = toJson(options.metadata, 'metadata');
    const values = [options.ids, payload, metadata, randomUUID()];
    return this.calls.entries('resolveMany', values, 'resolved', options.tx);
  }

  /** Resolves all of the tasks, or none. */
  async resolveAllOrNone(
    options: {
      items: { id: string; resolverPayload?: unknown }[];
      metadata?: Record<string, unknown>;
      /** Who must have claimed them. */
      assertAssignee?: string;
    } & InTransaction,
  ): Promise<AllResult> {
    const optional = ['metadata', 'assertAssignee'];
    checkChange(options, 'escalations.resolveAllOrNone', ['items'], optional);
    const { items, metadata, assertAssignee = null, tx } = options;
    const payloads = items.map((item) => resolverPayload(item.resolverPayload));
    const ids = items.map(({ id }) => id);
    const rest = [toJson(metadata, 'metadata'), assertAssignee, randomUUID()];
    return this.calls.resolveAll(ids, payloads, rest, tx);
  }

  /** Cancels a task; the wait that it answers returns null. */
  async cancel(
    id: string,
    namespace?: string,
    options: InTransaction = {},
  ): Promise<Done | Refused<'not-found' | 'already-terminal'>> {
    checkChange(options, 'escalations.cancel', []);
    const values = [checkId(id), checkNamespace(namespace), randomUUID()];
    return this.calls.result('cancel', values, 'cancelled', options.tx);
  }

  /** Changes fields; metadata are merged, the envelope is replaced. */
  async update(
    options: EscalationFields & { id: string } & InTransaction,
  ): Promise<EscalationEntry | null> {
    checkObject(options, 'escalations.update');
    const { id, tx, namespace, ...fields } = options;
    checkNamespace(namespace);
    return this.calls.one('update', [checkId(id), updateFields(fields)], undefined, tx);
  }

  /** Adds to what has happened; each milestone gets `created_at`. */
  async appendMilestones(
    options: { id: string; milestones: Record<string, unknown>[] } & InTransaction,
  ): Promise<EscalationEntry | null> {
    checkChange(options, 'escalations.appendMilestones', ['id', 'milestones']);
    const milestones = toJson(options.milestones, 'milestones');
    const values = [options.id, milestones, randomUUID()];
    return this.calls.one('appendMilestones', values, undefined, options.tx);
  }

  /** Moves a pending task to another role's worklist and ends its claim. */
  async escalateToRole(
    options: { id: string; targetRole: string } & InTransaction,
  ): Promise<EscalationEntry | null> {
    checkChange(options, 'escalations.escalateToRole', ['id', 'targetRole']);
    const values = [[options.id], options.targetRole];
    return this.calls.one('escalateToRole', values, 'reassigned', options.tx);
  }

  /** Moves pending tasks; returns how many. */
  async escalateManyToRole(
    options: { ids: string[]; targetRole: string } & InTransaction,
  ): Promise<number> {
    checkChange(options, 'escalations.escalateManyToRole', ['ids', 'targetRole']);
    const values = [options.ids, options.targetRole];
    return (await this.calls.entries('escalateToRole', values, 'reassigned', options.tx)).length;
  }

  /** Gives pending tasks a priority; returns how many. */
  async updateManyPriority(
    options: { ids: string[]; priority: number } & InTransaction,
  ): Promise<number> {
    checkChange(options, 'escalations.updateManyPriority', ['ids', 'priority']);
    const values = [options.ids, options.priority];
    return Number((await this.calls.rows('setPriority', values, options.tx))[0]);
  }

  /** Inserts a task with its id, state and times; null when the id exists. */
  async migrate(options: MigrateEscalation & InTransaction): Promise<EscalationEntry | null> {
    checkObject(options, 'escalations.migrate');
    const { id, tx, ...fields } = options;
    return this.calls.one('migrate', [checkId(id), migrateFields(fields)], undefined, tx);
  }

  /** Counts: pending now and claimed of them, created and resolved in the period ('24h'). */
  async stats(options: { roles?: string[]; period?: Duration } = {}): Promise<EscalationStats> {
    checkCall(options, 'escalations.stats', [], ['roles', 'period']);
    const { roles = null, period = '24h' } = options;
    const [row] = await this.calls.rows('stats', [roles, durationMs(period, 'period')]);
    return fromJson(row ?? null) as EscalationStats;
  }

  async listDistinctTypes(): Promise<string[]> {
    return this.calls.rows('types', []);
  }

  /** Removes tasks that ended longer ago; at most `limit` (10,000). */
  async prune(options: {
    olderThan: Duration;
    statuses?: ('resolved' | 'cancelled' | 'expired')[];
    namespace?: string;
    limit?: number;
  }): Promise<{ deleted: number }> {
    const optional = ['statuses', 'namespace', 'limit'];
    checkCall(options, 'escalations.prune', ['olderThan'], optional);
    const { statuses = null, namespace = null, limit = 10_000 } = options;
    const values = [durationMs(options.olderThan, 'olderThan'), statuses, namespace, limit];
    return { deleted: Number((await this.calls.rows('prune', values))[0]) };
  }

  /** A claim that has lapsed is none: there is nothing to release. */
  async releaseExpired(): Promise<number> {
    return 0;
  }
}
