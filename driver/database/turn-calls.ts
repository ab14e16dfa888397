import type { Database } from './database';

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

const HISTORY = { name: 'ratchet_history', text: 'select * from ratchet.history($1)' };
const EVICT = 'select * from ratchet.evict($1, $2, $3)';

type HistoryRow = [string, string, string, string, string, string | null, string, string, string];

/** The recorded steps of jobs, by job. */
export async function loadHistory(
  database: Database,
  jobIds: string[],
): Promise<Map<string, RecordedStep[]>> {
  const histories = new Map<string, RecordedStep[]>(jobIds.map((jobId) => [jobId, []]));
  if (jobIds.length === 0) return histories;
  for (const row of await database.rows<HistoryRow>(HISTORY, [jobIds])) {
    const [jobId, address, position, kind, name, delivery, isDone, isFailed, value] = row;
    histories.get(jobId)?.push({
      ...{ jobId, address, kind, name, value },
      position: Number(position),
      delivery: delivery === null ? null : Number(delivery),
      isDone: isDone === 't',
      isFailed: isFailed === 't',
    });
  }
  return histories;
}

/** Gives waiting threads back; returns those that were. */
export async function evict(
  database: Database,
  workerId: string,
  turns: { jobId: string; known: number }[],
): Promise<string[]> {
  const jobIds = turns.map((turn) => turn.jobId);
  const known = turns.map((turn) => turn.known);
  return (await database.rows<[string]>(EVICT, [workerId, jobIds, known])).map(([jobId]) => jobId);
}
