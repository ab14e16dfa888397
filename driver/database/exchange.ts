import type {
  ActivityReport,
  Batch,
  DeliveryReport,
  EndReport,
  FailureReport,
  PlanReport,
  StepReport,
  ThreadReport,
  TurnReport,
} from '../engine/report';
import { arrayLiteral, type Element } from './array-literal';
import type { Database } from './database';

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

export interface Rooms {
  turns: number;
  activities: number;
  /** Null: notified as before, and nothing is looked for but what the report makes ready. */
  isIdle: boolean | null;
}

const PARAMETERS = Array.from({ length: 47 }, (_, index) => `$${index + 2}`).join(', ');
const EXCHANGE = {
  name: 'ratchet_exchange',
  text: `select * from ratchet.exchange($1, ${PARAMETERS})`,
};
/** Its last row, if graphs went on, tells what they did. */
const EXCHANGE_WITH_SPANS = {
  name: 'ratchet_exchange_with_spans',
  text: `select * from ratchet.exchange(ratchet.with_spans($1)::bigint, ${PARAMETERS})
    union all select * from ratchet.told_spans()`,
};
const PEEK = { name: 'ratchet_peek', text: 'select ratchet.peek($1)' };
const HELD_WORK = 'select * from ratchet.held_work($1)';

type Row = (string | null)[];

const NONE: readonly never[] = [];

type Field<T> = (row: T, jobId: string, address: string) => Element;
type Reports = Batch['turns'];

/** One array a field; nulls where there is nothing: the engine then skips the group. */
function columns<T>(
  turns: Reports,
  rowsOf: (report: TurnReport) => readonly T[],
  fields: readonly Field<T>[],
): (string | null)[] {
  const result: Element[][] = fields.map(() => []);
  for (const { jobId, address, report } of turns) {
    for (const row of rowsOf(report)) {
      // Plain loops: this runs once a field of every step.
      for (let i = 0; i < fields.length; i += 1) {
        result[i]?.push(fields[i]?.(row, jobId, address));
      }
    }
  }
  return result.map((column) => (column.length === 0 ? null : arrayLiteral(column)));
}

const jobOf = (_row: unknown, jobId: string) => jobId;
const addressOf = (_row: unknown, _jobId: string, address: string) => address;

const STEP: readonly Field<StepReport>[] = [
  jobOf,
  (step) => step.address,
  (step) => step.position,
  (step) => step.kind,
  (step) => step.name,
  (step) => step.delivery,
  (step) => step.isFailed,
  (step) => step.input,
  (step) => step.value,
];
const PLAN: readonly Field<PlanReport>[] = [
  jobOf,
  (plan) => plan.address,
  (plan) => plan.position,
  (plan) => plan.kind,
  (plan) => plan.name,
  (plan) => plan.input,
  (plan) => plan.queue,
  (plan) => plan.delay,
  (plan) => plan.attempt,
  (plan) => plan.isHeld,
  (plan) => plan.isFailed,
  (plan) => plan.options,
];
const ACTIVITY: readonly ((activity: ActivityReport) => Element)[] = [
  (activity) => activity.jobId,
  (activity) => activity.address,
  (activity) => activity.position,
  (activity) => activity.attempt,
  (activity) => activity.isFailed,
  (activity) => activity.code,
  (activity) => activity.value,
];
const END: readonly Field<EndReport>[] = [
  jobOf,
  addressOf,
  (end) => end.result,
  (end) => end.error,
];
const THREAD: readonly Field<ThreadReport>[] = [jobOf, addressOf, (thread) => thread.input];
const FAILURE: readonly Field<FailureReport>[] = [
  jobOf,
  addressOf,
  (failure) => failure.error,
  (failure) => failure.isBlocked,
  (failure) => failure.forgotten,
];
const DELIVERY: readonly Field<DeliveryReport>[] = [
  jobOf,
  (delivery) => delivery.address,
  (delivery) => delivery.position,
  (delivery) => delivery.delivery,
];

function byJob(a: Reports[number], b: Reports[number]): number {
  return a.jobId.length - b.jobId.length || (a.jobId < b.jobId ? -1 : 1);
}

/** The parameters of `ratchet.exchange`, rows in the order of the jobs, in which it locks them. */
function parameters(workerId: string, rooms: Rooms, { turns, activities }: Batch): unknown[] {
  turns.sort(byJob);
  const isReported = activities.length > 0;
  return [
    ...[workerId, rooms.turns, rooms.activities, rooms.isIdle],
    ...columns(turns, (report) => report.steps, STEP),
    ...columns(turns, (report) => report.plans, PLAN),
    ...ACTIVITY.map((field) => (isReported ? arrayLiteral(activities.map(field)) : null)),
    ...columns(turns, ({ end }) => (end === undefined ? NONE : [end]), END),
    ...columns(turns, ({ failure }) => (failure === undefined ? NONE : [failure]), FAILURE),
    ...columns(turns, ({ thread }) => (thread === undefined ? NONE : [thread]), THREAD),
    ...columns(turns, (report) => report.deliveries, DELIVERY),
  ];
}

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
  workerId: string,
  rooms: Rooms,
  batch: Batch,
  onSpans?: OnSpans,
): Promise<Work[]> {
  const statement = onSpans === undefined ? EXCHANGE : EXCHANGE_WITH_SPANS;
  const rows = await database.rows<Row>(statement, parameters(workerId, rooms, batch));
  const work = rows.map(toWork);
  if (onSpans !== undefined && rows.at(-1)?.[0] === 'spans') onSpans(work.pop()?.value ?? '[]');
  return work;
}

/** For an idle worker: 0 when there is something to exchange for, else when to peek again (ms). */
export async function peek(database: Database, workerId: string): Promise<number> {
  const [row] = await database.rows<[string]>(PEEK, [workerId]);
  return Number(row?.[0] ?? 0);
}

/** What the worker holds by what the database says. */
export async function heldWork(database: Database, workerId: string): Promise<Work[]> {
  return (await database.rows<Row>(HELD_WORK, [workerId])).map(toWork);
}
