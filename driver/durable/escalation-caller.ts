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
import { queryableOf, type Transaction } from './start-options';

type Call = Parameters<typeof escalationRows>[1];

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
