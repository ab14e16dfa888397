import type { EscalationEntry } from './escalation-entry';
import type { Transaction } from './start-options';

export interface InTransaction {
  /** An open transaction: if it rolls back, nothing happened. Then no event is published. */
  tx?: Transaction;
  /** Where metadata are looked for; beside an id it changes nothing, for an id is one of all. */
  namespace?: string;
}

export interface Refused<Reason extends string> {
  ok: false;
  reason: Reason;
}
export interface Done {
  ok: true;
  entry: EscalationEntry;
}

export type ResolveRefusal =
  | 'not-found'
  | 'already-resolved'
  | 'already-cancelled'
  | 'already-expired'
  | 'claim-expired'
  | 'claimed-by-other';
export type AllRefusal = Exclude<ResolveRefusal, `claim${string}`> | 'assignee-mismatch';
export type AllResult =
  | { ok: true; entries: EscalationEntry[] }
  | { ok: false; failed: { id: string; reason: AllRefusal }[] };

export type ClaimResult = (Done & { isExtension: boolean }) | Refused<'not-found' | 'conflict'>;
export type ResolveResult = Done | Refused<ResolveRefusal>;

export interface ClaimOptions extends InTransaction {
  id: string;
  assignee: string;
  /** Default 1. */
  durationMinutes?: number;
}

export interface ByMetadata extends InTransaction {
  key: string;
  value: unknown;
  /** Only tasks of these. */
  roles?: string[];
  /** Merged into the task's. */
  metadata?: Record<string, unknown>;
}

export interface EscalationStats {
  /** Claimed ones included. */
  pending: number;
  claimed: number;
  created: number;
  resolved: number;
  by_role: { role: string | null; pending: number; claimed: number }[];
  by_type: { type: string | null; pending: number; claimed: number; resolved: number }[];
}
