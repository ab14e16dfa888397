import { NONE } from '../engine/report';
import type {
  ActivityReport,
  Batch,
  DeliveryReport,
  EndReport,
  FailureReport,
  PlanReport,
  StepReport,
  ThreadReport,
} from '../engine/report';
import { arrayLiteral, type Element } from './array-literal';
import type { Statement } from './database';
import type { Rooms } from './exchange';

type Field<T> = (row: T, jobId: string, address: string) => Element;

/** A kind of report: each of its fields is a parameter of `ratchet.exchange`, an array. */
interface Kind<T> {
  name: string;
  parameters: readonly string[];
  fields: readonly Field<T>[];
}

function kindOf<T>(name: string, fields: Record<string, Field<T>>): Kind<T> {
  const parameters = Object.keys(fields).map((field) => `p_${name}_${field}`);
  return { name, parameters, fields: Object.values(fields) };
}

const jobs = (_row: unknown, jobId: string) => jobId;
const addresses = (_row: unknown, _jobId: string, address: string) => address;

const STEP = kindOf<StepReport>('step', {
  jobs,
  addresses: (step) => step.address,
  positions: (step) => step.position,
  kinds: (step) => step.kind,
  names: (step) => step.name,
  deliveries: (step) => step.delivery,
  failed: (step) => step.isFailed,
  inputs: (step) => step.input,
  values: (step) => step.value,
});
const PLAN = kindOf<PlanReport>('plan', {
  jobs,
  addresses: (plan) => plan.address,
  positions: (plan) => plan.position,
  kinds: (plan) => plan.kind,
  names: (plan) => plan.name,
  inputs: (plan) => plan.input,
  queues: (plan) => plan.queue,
  delays: (plan) => plan.delay,
  attempts: (plan) => plan.attempt,
  held: (plan) => plan.isHeld,
  failed: (plan) => plan.isFailed,
  options: (plan) => plan.options,
});
const ACTIVITY = kindOf<ActivityReport>('activity', {
  jobs: (activity) => activity.jobId,
  addresses: (activity) => activity.address,
  positions: (activity) => activity.position,
  attempts: (activity) => activity.attempt,
  failed: (activity) => activity.isFailed,
  codes: (activity) => activity.code,
  values: (activity) => activity.value,
});
const END = kindOf<EndReport>('end', {
  jobs,
  addresses,
  results: (end) => end.result,
  errors: (end) => end.error,
});
const FAILURE = kindOf<FailureReport>('failure', {
  jobs,
  addresses,
  errors: (failure) => failure.error,
  blocked: (failure) => failure.isBlocked,
  forgotten: (failure) => failure.forgotten,
});
const THREAD = kindOf<ThreadReport>('thread', {
  jobs,
  addresses,
  inputs: (thread) => thread.input,
});
const DELIVERY = kindOf<DeliveryReport>('delivery', {
  jobs,
  addresses: (delivery) => delivery.address,
  positions: (delivery) => delivery.position,
  orders: (delivery) => delivery.delivery,
});

/** A statement that each session prepares once. */
type Prepared = Exclude<Statement, string>;

/** All reports of one kind. */
interface Group {
  kind: string;
  parameters: readonly string[];
  values: string[];
}

/** Undefined where there is nothing of the kind. */
function groupOf<T, R>(
  { name, parameters, fields }: Kind<T>,
  threads: readonly { jobId: string; address: string; report: R }[],
  rowsOf: (report: R) => readonly T[],
): Group | undefined {
  let count = 0;
  for (const { report } of threads) count += rowsOf(report).length;
  if (count === 0) return undefined;
  // Plain loops over arrays of their final size: this runs once a field of every step.
  const columns = fields.map(() => new Array<Element>(count));
  let at = 0;
  for (const { jobId, address, report } of threads) {
    for (const row of rowsOf(report)) {
      for (let i = 0; i < fields.length; i += 1) {
        const column = columns[i];
        if (column !== undefined) column[at] = fields[i]?.(row, jobId, address);
      }
      at += 1;
    }
  }
  return { kind: name, parameters, values: columns.map(arrayLiteral) };
}

function byJob(a: Batch['turns'][number], b: Batch['turns'][number]): number {
  return a.jobId.length - b.jobId.length || (a.jobId < b.jobId ? -1 : 1);
}

const ROOMS = ['p_turn_room', 'p_activity_room', 'p_is_idle'];
/** Those made so far, by name: sessions prepare each once. */
const statements = new Map<string, Prepared>();

/** Names only what is handed in: a parameter costs both sides something even if it is null. */
function statementOf(groups: readonly Group[], isTold: boolean): Prepared {
  // With all kinds it has 63 letters, as many as a name may have.
  const prefix = isTold ? 'ratchet_traced' : 'ratchet_exchange';
  const name = groups.reduce((path, group) => `${path}_${group.kind}`, prefix);
  const known = statements.get(name);
  if (known !== undefined) return known;
  const parameters = [...ROOMS, ...groups.flatMap((group) => group.parameters)];
  const given = parameters.map((parameter, at) => `${parameter} => $${at + 2}`).join(', ');
  // With spans the last row, if graphs went on, tells what they did.
  const text = isTold
    ? `select * from ratchet.exchange(ratchet.with_spans($1)::bigint, ${given})
      union all select * from ratchet.told_spans()`
    : `select * from ratchet.exchange($1, ${given})`;
  const made = { name, text };
  statements.set(name, made);
  return made;
}

/** `ratchet.exchange`, with rows in the order of the jobs, in which it locks them. */
export function exchangeCall(
  workerId: string,
  rooms: Rooms,
  { turns, activities }: Batch,
  isTold: boolean,
): { statement: Prepared; values: unknown[] } {
  turns.sort(byJob);
  const groups = [
    groupOf(STEP, turns, (report) => report.steps),
    groupOf(PLAN, turns, (report) => report.plans),
    groupOf(ACTIVITY, [{ jobId: '', address: '', report: activities }], (rows) => rows),
    groupOf(END, turns, ({ end }) => (end === undefined ? NONE : [end])),
    groupOf(FAILURE, turns, ({ failure }) => (failure === undefined ? NONE : [failure])),
    groupOf(THREAD, turns, ({ thread }) => (thread === undefined ? NONE : [thread])),
    groupOf(DELIVERY, turns, (report) => report.deliveries),
  ].filter((group) => group !== undefined);
  const values: unknown[] = [workerId, rooms.turns, rooms.activities, rooms.isIdle];
  for (const group of groups) values.push(...group.values);
  return { statement: statementOf(groups, isTold), values };
}
