import type { Database } from './database';

export interface SubscriptionRow {
  id: string;
  owner: string;
  space: string;
  /** null: only the replies that it was promised. */
  pattern: string | null;
  isGlob: boolean;
}

export interface BroadcastRow {
  id: string;
  subscription: string;
  topic: string | null;
  job: string | null;
  payload: string;
}

const SUBSCRIBE = 'select ratchet.subscribe($1, $2, $3, $4, $5, $6)';
const UNSUBSCRIBE = 'select ratchet.unsubscribe($1)';
const TAKE = 'select id, subscription, topic, job, payload from ratchet.take_broadcasts($1, $2)';
const POST = 'select ratchet.post($1, $2, $3, $4)';

/** Begins a subscription, or renews it. */
export async function subscribe(
  database: Database,
  { id, owner, space, pattern, isGlob }: SubscriptionRow,
  leaseSeconds: number,
): Promise<void> {
  await database.rows(SUBSCRIBE, [id, owner, space, pattern, isGlob, leaseSeconds]);
}

export async function unsubscribe(database: Database, ids: string[]): Promise<void> {
  await database.rows(UNSUBSCRIBE, [ids]);
}

/** What has come for an owner; what a later call names as seen is dropped. */
export async function takeBroadcasts(
  database: Database,
  owner: string,
  seen: string[],
): Promise<BroadcastRow[]> {
  const rows = await database.rows<(string | null)[]>(TAKE, [owner, seen]);
  return rows.map(([id, subscription, topic, job, payload]) => ({
    ...{ id: id ?? '', subscription: subscription ?? '', payload: payload ?? 'null' },
    ...{ topic: topic ?? null, job: job ?? null },
  }));
}

/** Sends a message to all who listen to a topic of an app at this moment. */
export async function post(
  database: Database,
  { topic, message, app, namespace }: Record<'topic' | 'message' | 'app' | 'namespace', string>,
): Promise<void> {
  await database.rows(POST, [topic, message, app, namespace]);
}
