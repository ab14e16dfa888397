import { escalationRows } from '../database/escalation-calls';
import { fromJson } from '../database/json-door';
import type { Hub } from '../engine/hub';
import type { EventSink } from '../events';
import {
  publishEntry,
  readEntry,
  toEntry,
  type EscalationEntry,
  type EscalationVerb,
} from './escalation-entry';
import type { AllResult, ResolveResult } from './escalation-results';
import { forGraph, isForGraph, type ResolverPayload } from './resolver-payload';
import { queryableOf, type Transaction } from './start-options';

type Call = Parameters<typeof escalationRows>[1];

/** A UUID may be written in several ways. */
function digitsOf(id = ''): string {
  return id.replace(/[{}-]/g, '').toLowerCase();
}

/** Makes the calls of a client of tasks, and tells its sink of what they have committed. */
export class EscalationCaller {
  constructor(
    private readonly hubOf: () => Hub | Promise<Hub>,
    private readonly events: EventSink | undefined,
  ) {}

  async rows(call: Call, values: unknown[], tx?: Transaction): Promise<string[]> {
    const hub = await this.hubOf();
    await hub.prepare();
    return escalationRows(hub.database, call, values, queryableOf(tx));
  }

  async entries(
    call: Call,
    values: unknown[],
    verb?: EscalationVerb,
    tx?: Transaction,
  ): Promise<EscalationEntry[]> {
    return this.told((await this.rows(call, values, tx)).map(readEntry), verb, tx);
  }

  async one(...given: Parameters<EscalationCaller['entries']>) {
    return (await this.entries(...given))[0] ?? null;
  }

  /** `{ ok, entry, … }` or `{ ok: false, reason }`. */
  async result<T>(call: Call, values: unknown[], verb: EscalationVerb, tx?: Transaction) {
    const [row] = await this.rows(call, values, tx);
    const answer = fromJson(row ?? null) as { ok: boolean; entry: EscalationEntry };
    if (answer.ok) this.told([toEntry(answer.entry)], verb, tx);
    return answer as T;
  }

  /** By id; the values that follow the payload are the same for whoever waits. */
  async resolve(id: string, payload: ResolverPayload, rest: unknown[], tx?: Transaction) {
    const by = (stored: string | null) =>
      this.result<ResolveResult>('resolve', [id, stored, ...rest], 'resolved', tx);
    const answer = await by(payload.encoded);
    return answer.ok || !isForGraph(answer) ? answer : by(forGraph(payload));
  }

  /** A graph's task that is found is resolved by its id; the next, if it has ended meanwhile. */
  async resolveByMetadata(
    wanted: unknown[],
    payload: ResolverPayload,
    [roles, metadata, requestId, namespace]: unknown[],
    tx?: Transaction,
  ): Promise<ResolveResult> {
    const values = [...wanted, payload.encoded, roles, metadata, requestId, namespace];
    for (;;) {
      const answer = await this.result<ResolveResult & { id?: string }>(
        ...(['resolveByMetadata', values, 'resolved', tx] as const),
      );
      if (answer.ok || !isForGraph(answer)) return answer;
      const byId = [answer.id, forGraph(payload), metadata, null, requestId];
      const ended = await this.result<ResolveResult>('resolve', byId, 'resolved', tx);
      if (ended.ok) return ended;
    }
  }

  /** All or none; those that graphs wait for are known when the engine has refused them. */
  async resolveAll(
    ids: string[],
    payloads: ResolverPayload[],
    rest: unknown[],
    tx?: Transaction,
  ): Promise<AllResult> {
    const ofGraphs = new Set<string>();
    for (;;) {
      const stored = payloads.map((payload, at) =>
        ofGraphs.has(digitsOf(ids[at])) ? forGraph(payload) : payload.encoded,
      );
      const [row] = await this.rows('resolveAllOrNone', [ids, stored, ...rest], tx);
      const answer = fromJson(row ?? null) as AllResult;
      if (answer.ok) {
        return { ok: true, entries: this.told(answer.entries.map(toEntry), 'resolved', tx) };
      }
      const found = answer.failed.filter(isForGraph);
      if (found.length === 0) return answer;
      for (const { id } of found) ofGraphs.add(digitsOf(id));
    }
  }

  /** Nobody knows whether the caller's own transaction will commit: then nothing is told. */
  told(
    entries: EscalationEntry[],
    verb: EscalationVerb | undefined,
    tx: Transaction | undefined,
  ): EscalationEntry[] {
    if (verb === undefined || tx !== undefined) return entries;
    for (const entry of entries) publishEntry(this.events, entry, verb);
    return entries;
  }
}
