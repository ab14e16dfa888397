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
import type { Caller, Rooms } from './exchange';

type Field<T> = (row: T, jobId: string, address: string) => Element;

interface Column<T> {
  of: Field<T>;
  /** What null in place of an array stands for: to write and to read one costs every step. */
  plain: Element;
}

/** A kind of report: each of its columns is a parameter of `ratchet.exchange`, an array. */
interface Kind<T> {
  name: string;
  parameters: readonly string[];
  columns: readonly Column<T>[];
}

/** An array of nulls can be left out, or of what `plain` says. */
function kindOf<T>(
  name: string,
  fields: Record<string, Field<T>>,
  plain: Record<string, Element> = {},
): Kind<T> {
  const parameters = Object.keys(fields).map((field) => `p_${name}_${field}`);
  const columns = Object.entries(fields).map(([field, of]) => {
    return { of, plain: plain[field] ?? null };
  });
  return { name, parameters, columns };
}

const jobs = (_row: unknown, jobId: string) => jobId;
const addresses = (_row: unknown, _jobId: string, address: string) => address;

const STEP = kindOf<StepReport>(
  'step',
  {
    jobs,
    addresses: (step) => step.address,
    positions: (step) => step.position,
    kinds: (step) => step.kind,
    names: (step) => step.name,
    deliveries: (step) => step.delivery,
    failed: (step) => step.isFailed,
    inputs: (step) => step.input,
    values: (step) => step.value,
  },
  { addresses: '', kinds: 'activity', failed: false },
);
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
const END = kindOf<EndReport>(
  'end',
  { jobs, addresses, results: (end) => end.result, errors: (end) => end.error },
  { addresses: '' },
);
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
  values: (string | null)[];
}

interface Thread<R> {
  jobId: string;
  address: string;
  report: R;
}

/** Undefined where there is nothing of the kind. */
function groupOf<T, R>(
  { name, parameters, columns }: Kind<T>,
  threads: readonly Thread<R>[],
  rowsOf: (report: R) => readonly T[],
): Group | undefined {
  let count = 0;
  for (const { report } of threads) count += rowsOf(report).length;
  if (count === 0) return undefined;
  const rows = new Array<T>(count);
  const owners = new Array<Thread<R>>(count);
  let at = 0;
  for (const thread of threads) {
    for (const row of rowsOf(thread.report)) {
      rows[at] = row;
      owners[at] = thread;
      at += 1;
    }
  }
  const values = columns.map((column) => arrayOf(column, rows, owners));
  return { kind: name, parameters, values };
}

function arrayOf<T>(
  { of, plain }: Column<T>,
  rows: readonly T[],
  owners: readonly Thread<unknown>[],
): string | null {
  let elements: Element[] | undefined;
  // A plain loop: this runs once a field of every step.
  for (let at = 0; at < rows.length; at += 1) {
    const { jobId, address } = owners[at] as Thread<unknown>;
    const element = of(rows[at] as T, jobId, address);
    if (elements === undefined) {
      if (element === plain) continue;
      elements = new Array<Element>(rows.length).fill(plain, 0, at);
    }
    elements[at] = element;
  }
  return elements === undefined ? null : arrayLiteral(elements);
}

function byJob(a: Batch['turns'][number], b: Batch['turns'][number]): number {
  return a.jobId.length - b.jobId.length || (a.jobId < b.jobId ? -1 : 1);
}

const ALWAYS = ['p_epoch', 'p_turn_room', 'p_activity_room', 'p_is_idle'];
/** Those made so far, by name: sessions prepare each once. */
const statements = new Map<string, Prepared>();

/** Names only what is handed in: a parameter costs both sides something even if it is null. */
function statementOf(groups: readonly Group[], isTold: boolean): Prepared {
  // With all kinds it has 63 letters, as many as a name may have.
  const prefix = isTold ? 'ratchet_traced' : 'ratchet_exchange';
  const name = groups.reduce((path, group) => `${path}_${group.kind}`, prefix);
  const known = statements.get(name);
  if (known !== undefined) return known;
  const parameters = [...ALWAYS, ...groups.flatMap((group) => group.parameters)];
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
  { workerId, epoch }: Caller,
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
  const values: unknown[] = [workerId, epoch, rooms.turns, rooms.activities, rooms.isIdle];
  for (const group of groups) values.push(...group.values);
  return { statement: statementOf(groups, isTold), values };
}
