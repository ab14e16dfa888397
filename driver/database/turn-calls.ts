import { threadKey } from '../engine/address';
import type { Database } from './database';
import type { Caller } from './exchange';

/** A row of a job's history. */
export interface RecordedStep {
  jobId: string;
  address: string;
  position: number;
  kind: string;
  name: string;
  /** Which delivery of its thread the answer was; null where that need not be known. */
  delivery: number | null;
  isDone: boolean;
  isFailed: boolean;
  value: string | null;
}

const HISTORY = { name: 'ratchet_history', text: 'select * from ratchet.history($1, $2)' };
const SET_ASIDE = 'select * from ratchet.set_aside($1)';
const EVICT = 'select * from ratchet.evict($1, $2, $3, $4, $5)';

type HistoryRow = [string, string, string, string, string, string | null, string, string, string];

/** A thread of a job. */
export interface Thread {
  jobId: string;
  address: string;
}

/** The recorded steps of threads, by `threadKey`. */
export async function loadHistory(
  database: Database,
  threads: Thread[],
): Promise<Map<string, RecordedStep[]>> {
  const keys = threads.map((thread) => threadKey(thread.jobId, thread.address));
  const histories = new Map<string, RecordedStep[]>(keys.map((key) => [key, []]));
  if (threads.length === 0) return histories;
  const values = [threads.map(({ jobId }) => jobId), threads.map(({ address }) => address)];
  for (const row of await database.rows<HistoryRow>(HISTORY, values)) {
    const [jobId, address, position, kind, name, delivery, isDone, isFailed, value] = row;
    const [thread = ''] = address.split('#');
    histories.get(threadKey(jobId, thread))?.push({
      ...{ jobId, address, kind, name, value },
      position: Number(position),
      delivery: delivery === null ? null : Number(delivery),
      isDone: isDone === 't',
      isFailed: isFailed === 't',
    });
  }
  return histories;
}

/** What an exchange could not do for others, because the database refused it. */
export interface SetAside {
  /** Of the job, where it is one. */
  workflowId: string | null;
  problem: string;
  isEnded: boolean;
}

/** Does what an exchange does for others one by one; returns what was refused. */
export async function setAside(database: Database, workerId: string): Promise<SetAside[]> {
  const rows = await database.rows<[string, string | null, string, string]>(SET_ASIDE, [workerId]);
  return rows.map(([, workflowId, problem, isEnded]) => {
    return { workflowId, problem, isEnded: isEnded === 't' };
  });
}

/** Gives waiting threads back; returns those that were. */
export async function evict(
  database: Database,
  { workerId, epoch }: Caller,
  turns: readonly (Thread & { known: number })[],
): Promise<Thread[]> {
  const jobIds = turns.map((turn) => turn.jobId);
  const known = turns.map((turn) => turn.known);
  const addresses = turns.map((turn) => turn.address);
  const values = [workerId, jobIds, known, addresses, epoch];
  const rows = await database.rows<[string, string]>(EVICT, values);
  return rows.map(([jobId, address]) => ({ jobId, address }));
}
