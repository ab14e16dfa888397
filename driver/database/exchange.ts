import type { Load } from '../engine/load';
import type { Batch } from '../engine/report';
import type { Database } from './database';
import { exchangeCall } from './exchange-call';

/** One thing an exchange hands out; the columns of the SQL type `ratchet.work`. */
export interface Work {
  kind: 'start' | 'turn' | 'careful' | 'result' | 'cancel' | 'activity' | 'lost' | 'next' | 'idle';
  jobId: string;
  address: string;
  position: number;
  attempt: number;
  namespace: string;
  workflowId: string;
  workflow: string;
  queue: string;
  name: string;
  input: string | null;
  options: string | null;
  isFailed: boolean;
  isCancelled: boolean;
  /** Of an answer; of a job to run, the workflow id of the root of its family. */
  value: string | null;
  /** For how many seconds a job to run is kept once finished; null: as retention says. */
  expire: number | null;
}

/** Is told what activities of graphs did, as a JSON list. */
export type OnSpans = (spans: string) => void;

export interface Rooms extends Load {
  /** Null: notified as before, and nothing is looked for but what the report makes ready. */
  isIdle: boolean | null;
}

/** The worker that calls. */
export interface Caller {
  readonly workerId: string;
  /** How often it has asked what it holds: calls of before that come late are not carried out. */
  readonly epoch: number;
}

const PEEK = { name: 'ratchet_peek', text: 'select ratchet.peek($1)' };
const HELD_WORK = 'select * from ratchet.held_work($1, $2)';

type Row = (string | null)[];

function toWork(row: Row): Work {
  return {
    kind: row[0] as Work['kind'],
    jobId: row[1] ?? '',
    address: row[2] ?? '',
    position: Number(row[3]),
    attempt: Number(row[4]),
    namespace: row[5] ?? '',
    workflowId: row[6] ?? '',
    workflow: row[7] ?? '',
    queue: row[8] ?? '',
    name: row[9] ?? '',
    input: row[10] ?? null,
    options: row[11] ?? null,
    isFailed: row[12] === 't',
    isCancelled: row[13] === 't',
    value: row[14] ?? null,
    expire: row[15] ? Number(row[15]) : null,
  };
}

/** Hands in a batch and receives work, in one commit; `onSpans` is told what graphs did in it. */
export async function exchange(
  database: Database,
  caller: Caller,
  rooms: Rooms,
  batch: Batch,
  onSpans?: OnSpans,
): Promise<Work[]> {
  const { statement, values } = exchangeCall(caller, rooms, batch, onSpans !== undefined);
  const rows = await database.rows<Row>(statement, values);
  const work = rows.map(toWork);
  if (onSpans !== undefined && rows.at(-1)?.[0] === 'spans') onSpans(work.pop()?.value ?? '[]');
  return work;
}

/** For an idle worker: 0 when there is something to exchange for, else when to peek again (ms). */
export async function peek(database: Database, workerId: string): Promise<number> {
  const [row] = await database.rows<[string]>(PEEK, [workerId]);
  return Number(row?.[0] ?? 0);
}

/** What the worker holds by what the database says; ends all epochs before this one. */
export async function heldWork(database: Database, { workerId, epoch }: Caller): Promise<Work[]> {
  return (await database.rows<Row>(HELD_WORK, [workerId, epoch])).map(toWork);
}
