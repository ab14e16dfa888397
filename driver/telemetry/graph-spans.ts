import type { Attributes, OtelContext, Span } from './otel';
import { currentTrace, finish, parentOf, traceOfSpan } from './spans';
import type { Telemetry } from './telemetry';
import type { TraceOptions } from './trace-context';

const CLIENT_KIND = 2;

/** Ids of a trace under the names that graphs have for them. */
interface GraphTrace {
  trc?: string | undefined;
  spn?: string | undefined;
}

function traceOf(trace: string | undefined, span: string | undefined): TraceOptions | undefined {
  const isWhole = trace !== undefined && span !== undefined;
  return isWhole ? { workflowTrace: trace, workflowSpan: span } : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The scalars among fields, under the names that attributes of a kind begin with. */
function attributesOf(prefix: string, fields: Fields, without: string[]): Attributes {
  const scalars = Object.entries(fields).filter(
    ([key, value]) =>
      !without.includes(key) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(scalars.map(([key, value]) => [prefix + key, value])) as Attributes;
}

/** What a start of a job tells of itself, and under which span its workers run. */
export interface JobSpan {
  /** For the job; empty without an SDK. */
  trace: GraphTrace;
  started(metadata: Fields): void;
  failed(error: unknown): void;
}

/** A span around the start of a job: a child of the caller's, given or current. */
export function jobSpan(
  on: Telemetry,
  { app, topic }: { app: string; topic: string },
  { trc, spn }: GraphTrace,
): JobSpan {
  const caller = traceOf(trc, spn) ?? currentTrace(on);
  const { workflowTrace: traceId = '', workflowSpan: spanId = '' } = caller;
  const { trace, ROOT_CONTEXT } = on.otel;
  const remote = { traceId, spanId, traceFlags: 1, isRemote: true };
  const parent = traceId === '' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
  const options = { kind: CLIENT_KIND, attributes: { 'app.job.app': app, 'app.job.tpc': topic } };
  const span = on.tracer.startSpan(`JOB/${app}/${topic}/1`, options, parent);
  const { workflowTrace, workflowSpan } = traceOfSpan(span);
  return {
    trace: workflowTrace === undefined ? { trc, spn } : { trc: workflowTrace, spn: workflowSpan },
    started(metadata) {
      const { js, aid } = metadata;
      const job = attributesOf('app.job.', { ...metadata, jss: js }, ['trc', 'spn']);
      span.setAttributes(job);
      const within = trace.setSpan(parent, span);
      const attributes = { ...job, 'app.activity.aid': String(aid), 'app.activity.leg': 1 };
      const name = `TRIGGER/${app}/${String(aid)}/1`;
      finish(on.tracer.startSpan(name, { kind: CLIENT_KIND, attributes }, within));
      finish(span);
    },
    failed: (error) => finish(span, error instanceof Error ? error.message : String(error)),
  };
}

/** The message of a worker of a graph, as far as spans tell of it. */
export interface Executed {
  namespace: string;
  metadata: Fields & GraphTrace & { guid: string; aid: string };
  /** What the graph says of the activity's telemetry, under its public names. */
  telemetry: Attributes | undefined;
}

/** The engine's two legs of a worker activity, as who runs its callback sees them. */
function legsOf(on: Telemetry, { metadata, telemetry }: Executed, app: string) {
  const { guid, aid, dad } = metadata;
  const about = { 'app.activity.aid': aid, 'app.activity.dad': String(dad), ...telemetry };
  return (leg: 1 | 2, parent: OtelContext): Span => {
    const attributes = { ...about, 'app.activity.leg': leg, 'app.activity.mid': guid };
    const name = `WORKER/${app}/${aid}/${leg}`;
    return on.tracer.startSpan(name, { kind: CLIENT_KIND, attributes }, parent);
  };
}

/** An answer of a callback; `isOpen`: it has yet to come. */
interface Ended {
  isFailed: boolean;
  code: number | null;
  isOpen: boolean;
}

/**
 * A span around one execution of a worker's callback; what runs within it are its children. The
 * first execution also tells of the leg that sent the message, each answer of the leg it begins.
 */
export function executeSpan(on: Telemetry, executed: Executed) {
  const { namespace, metadata, telemetry } = executed;
  const { trc, spn, guid, jid = '', gid = '', aid, topic } = metadata;
  const { trace, context } = on.otel;
  const origin = { jobId: String(gid), workflowId: String(jid), namespace };
  const ofJob = parentOf(on, origin, traceOf(trc, spn) ?? {});
  const attributes = {
    ...attributesOf('app.stream.', metadata, ['trc', 'spn']),
    ...{ 'app.worker.mid': guid, ...telemetry },
  };
  const app = namespace.slice(namespace.indexOf(':') + 1);
  const leg = legsOf(on, executed, app);
  const entered = metadata['try'] === undefined ? leg(1, ofJob) : undefined;
  const parent = entered === undefined ? ofJob : trace.setSpan(ofJob, entered);
  if (entered !== undefined) finish(entered);
  const name = `EXECUTE/${app}/${aid}/${String(topic)}`;
  const span = on.tracer.startSpan(name, { kind: CLIENT_KIND, attributes }, parent);
  return {
    run: <T>(body: () => T): T => context.with(trace.setSpan(parent, span), body),
    end({ isFailed, code, isOpen }: Ended): void {
      const problem = isFailed ? `Function Status Code ${String(code ?? 500)}` : undefined;
      finish(span, problem);
      if (!isOpen) finish(leg(2, parent), problem);
    },
  };
}
