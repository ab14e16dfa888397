import type { Batch } from '../engine/report';
import type { Database } from './database';

/** One thing an exchange hands out; the columns of the SQL type `ratchet.work`. */
export interface Work {
  kind: 'start' | 'turn' | 'careful' | 'result' | 'cancel' | 'activity' | 'lost' | 'next';
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
  value: string | null;
}

export interface Rooms {
  turns: number;
  activities: number;
  isIdle: boolean;
}

const PARAMETERS = Array.from({ length: 43 }, (_, index) => `$${index + 1}`).join(', ');
const EXCHANGE = {
  name: 'ratchet_exchange',
  text: `select * from ratchet.exchange(${PARAMETERS})`,
};
const HELD_WORK = 'select * from ratchet.held_work($1)';

type Row = (string | null)[];

/** A column of an empty group is null: the engine then skips the group. */
function column<T, V>(rows: T[], value: (row: T) => V): V[] | null {
  return rows.length === 0 ? null : rows.map(value);
}

/** Rows of many jobs in the order of the jobs, in which the engine locks them. */
function flatten<T>(batch: Batch, rows: (report: Batch['turns'][number]['report']) => T[]) {
  return batch.turns.flatMap(({ jobId, report }) => rows(report).map((row) => ({ jobId, ...row })));
}

function parameters(workerId: string, rooms: Rooms, batch: Batch): unknown[] {
  batch.turns.sort((a, b) => Number(BigInt(a.jobId) - BigInt(b.jobId)));
  const steps = flatten(batch, (report) => report.steps);
  const plans = flatten(batch, (report) => report.plans);
  const ends = flatten(batch, ({ end }) => (end === undefined ? [] : [end]));
  const failures = flatten(batch, ({ failure }) => (failure === undefined ? [] : [failure]));
  const deliveries = flatten(batch, (report) => report.deliveries);
  const { activities } = batch;
  return [
    ...[workerId, rooms.turns, rooms.activities, rooms.isIdle],
    column(steps, (step) => step.jobId),
    column(steps, (step) => step.address),
    column(steps, (step) => step.position),
    column(steps, (step) => step.kind),
    column(steps, (step) => step.name),
    column(steps, (step) => step.delivery),
    column(steps, (step) => step.isFailed),
    column(steps, (step) => step.input),
    column(steps, (step) => step.value),
    column(plans, (plan) => plan.jobId),
    column(plans, (plan) => plan.address),
    column(plans, (plan) => plan.position),
    column(plans, (plan) => plan.kind),
    column(plans, (plan) => plan.name),
    column(plans, (plan) => plan.input),
    column(plans, (plan) => plan.queue),
    column(plans, (plan) => plan.delay),
    column(plans, (plan) => plan.attempt),
    column(plans, (plan) => plan.isHeld),
    column(plans, (plan) => plan.isFailed),
    column(plans, (plan) => plan.options),
    column(activities, (activity) => activity.jobId),
    column(activities, (activity) => activity.address),
    column(activities, (activity) => activity.position),
    column(activities, (activity) => activity.attempt),
    column(activities, (activity) => activity.isFailed),
    column(activities, (activity) => activity.code),
    column(activities, (activity) => activity.value),
    column(ends, (end) => end.jobId),
    column(ends, (end) => end.result),
    column(ends, (end) => end.error),
    column(failures, (failure) => failure.jobId),
    column(failures, (failure) => failure.error),
    column(failures, (failure) => failure.isBlocked),
    column(failures, (failure) => failure.forgotten),
    column(deliveries, (delivery) => delivery.jobId),
    column(deliveries, (delivery) => delivery.address),
    column(deliveries, (delivery) => delivery.position),
    column(deliveries, (delivery) => delivery.delivery),
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
  };
}

/** Hands in a batch and receives work, in one commit. */
export async function exchange(
  database: Database,
  workerId: string,
  rooms: Rooms,
  batch: Batch,
): Promise<Work[]> {
  const rows = await database.rows<Row>(EXCHANGE, parameters(workerId, rooms, batch));
  return rows.map(toWork);
}

/** What the worker holds by what the database says. */
export async function heldWork(database: Database, workerId: string): Promise<Work[]> {
  return (await database.rows<Row>(HELD_WORK, [workerId])).map(toWork);
}
