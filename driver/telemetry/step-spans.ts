import type { Attributes, OtelContext, Span } from './otel';
import { finish, parentOf } from './spans';
import { telemetry, type Telemetry } from './telemetry';
import type { TraceOptions } from './trace-context';

const CLIENT_KIND = 2;
/** Of so many runs of activities it is known under which span others belong. */
const MAX_KNOWN = 10_000;

/** Ids of a trace under the names that graphs have for them. */
export interface GraphTrace {
  trc?: string | undefined;
  spn?: string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

/** One run of an activity. */
export interface Run {
  space: string;
  jid: string;
  gid: string;
  dad: string;
  aid: string;
}

/** What a stretch of a graph did, as ratchet_internal.span_of tells it. */
export interface Step {
  space: string;
  leg: 1 | 2;
  guid: string;
  parent?: string;
  job: Fields & GraphTrace & { jid: string; gid: string; app: string };
  activity: Fields & { aid: string; atp: string; dad: string };
  data?: Attributes;
  error?: string;
}

/** A trace that is named by both of its ids. */
export function wholeTrace({ trc, spn }: GraphTrace): TraceOptions | undefined {
  const isWhole = trc !== undefined && spn !== undefined;
  return isWhole ? { workflowTrace: trc, workflowSpan: spn } : undefined;
}

/** The scalars among fields, under the names that attributes of a kind begin with. */
export function attributesOf(prefix: string, fields: Fields, without: string[]): Attributes {
  const scalars = Object.entries(fields).filter(
    ([key, value]) =>
      !without.includes(key) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(scalars.map(([key, value]) => [prefix + key, value])) as Attributes;
}

/** A span of a graph; all are of the same kind. */
export function graphSpan(
  on: Telemetry,
  name: string,
  attributes: Attributes,
  parent: OtelContext,
): Span {
  return on.tracer.startSpan(name, { kind: CLIENT_KIND, attributes }, parent);
}

/** The latest first: what has run longest ago is forgotten. */
const contexts = new Map<string, OtelContext>();

type Role = 'last' | 'outer';

function keyOf(role: Role, { space, jid, gid, dad, aid }: Run): string {
  return [role, space, jid, gid, dad, aid].join('\n');
}

/** With `debug`: the `last` span of a run, or what a worker's is within (`outer`). */
export function knownContext(role: Role, run: Run): OtelContext | undefined {
  return contexts.get(keyOf(role, run));
}

export function remember(on: Telemetry, role: Role, run: Run, context: OtelContext): void {
  if (!on.isDebug) return;
  const key = keyOf(role, run);
  contexts.delete(key);
  contexts.set(key, context);
  const [oldest] = contexts.size > MAX_KNOWN ? contexts.keys() : [];
  if (oldest !== undefined) contexts.delete(oldest);
}

/** What came before a run: the activity that led to it, or the one that started its job. */
function previousOf({ space, parent, job, activity }: Step): Run {
  const { pj, pg, pd, pa } = job as Record<string, string | undefined>;
  if (parent === undefined) {
    return { space, jid: pj ?? '', gid: pg ?? '', dad: pd ?? '', aid: pa ?? '' };
  }
  const dad = activity.dad.slice(0, activity.dad.lastIndexOf(','));
  return { space, jid: job.jid, gid: job.gid, dad, aid: parent };
}

/** Under its own first leg, a later pass under that of the first. */
function ownLeg(run: Run): OtelContext | undefined {
  const first = { ...run, dad: run.dad.replace(/[0-9]+$/, '0') };
  return knownContext('last', run) ?? knownContext('last', first);
}

/** Under its own first leg, else what came before it, as far as this process knows; or the job. */
function contextOf(on: Telemetry, step: Step, run: Run): OtelContext {
  const { job, leg, space } = step;
  const own = leg === 2 ? ownLeg(run) : undefined;
  const origin = { jobId: job.gid, workflowId: job.jid, namespace: space };
  const ofJob = () => parentOf(on, origin, wholeTrace(job) ?? {});
  return own ?? knownContext('last', previousOf(step)) ?? ofJob();
}

/**
 * With `debug`: what went out to a worker or a child with the first leg of its activity, or the
 * answer that came in with the second.
 */
export function tellMessage(
  on: Telemetry,
  message: { app: string; aid: string; leg: 1 | 2; fields: Fields },
  within: OtelContext,
): void {
  if (!on.isDebug) return;
  const { app, aid, leg, fields } = message;
  const name = `${leg === 1 ? 'FANOUT' : 'FANIN'}/${app}/${aid}`;
  const attributes = attributesOf('app.stream.', { ...fields, aid }, ['trc', 'spn']);
  finish(graphSpan(on, name, attributes, within));
}

/** A span for each thing done inside Postgres; those of workers are told by who runs them. */
export function tellSteps(on: Telemetry, steps: readonly Step[]): void {
  for (const step of steps) {
    const { space, leg, guid, job, activity, data, error } = step;
    const { aid, atp, dad } = activity;
    const run = { space, jid: job.jid, gid: job.gid, dad, aid };
    const parent = contextOf(on, step, run);
    if (atp === 'worker') {
      if (leg === 1) remember(on, 'outer', run, parent);
      continue;
    }
    const attributes = {
      ...attributesOf('app.job.', { ...job, jss: job['js'] }, ['trc', 'spn']),
      ...attributesOf('app.activity.', { ...activity, leg, mid: guid }, []),
      ...data,
    };
    const span = graphSpan(on, `${atp.toUpperCase()}/${job.app}/${aid}/${leg}`, attributes, parent);
    const within = on.otel.trace.setSpan(parent, span);
    remember(on, 'last', run, within);
    finish(span, error);
    if (atp !== 'await') continue;
    const fields = { guid, jid: run.jid, gid: run.gid, dad, topic: activity['stp'] };
    tellMessage(on, { app: job.app, aid, leg, fields }, within);
  }
}

/** With `debug`: what tells of the activities that an exchange has run. */
export function stepTeller(): ((spans: string) => void) | undefined {
  const on = telemetry();
  return on?.isDebug ? (spans) => tellSteps(on, JSON.parse(spans) as Step[]) : undefined;
}
