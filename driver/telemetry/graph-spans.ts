import type { Attributes, OtelContext } from './otel';
import { currentTrace, finish, parentOf, traceOfSpan } from './spans';
import {
  attributesOf,
  graphSpan,
  knownContext,
  remember,
  tellMessage,
  tellSteps,
  wholeTrace,
  type Fields,
  type GraphTrace,
  type Run,
  type Step,
} from './step-spans';
import type { Telemetry } from './telemetry';

/** What is no attribute of a span: it is in its trace. */
const IDS = ['trc', 'spn'];

/** What a start of a job tells of itself, and under which span its workers run. */
export interface JobSpan {
  /** For the job; empty without an SDK. */
  trace: GraphTrace;
  /** What was done until the start returned, as JSON. */
  told: (spans: string) => void;
  started(metadata: Fields): void;
  failed(error: unknown): void;
}

/** A span around the start of a job: a child of the caller's, given or current. */
export function jobSpan(
  on: Telemetry,
  { app, topic }: { app: string; topic: string },
  { trc, spn }: GraphTrace,
): JobSpan {
  const caller = wholeTrace({ trc, spn }) ?? currentTrace(on);
  const { workflowTrace: traceId = '', workflowSpan: spanId = '' } = caller;
  const { trace, ROOT_CONTEXT } = on.otel;
  const remote = { traceId, spanId, traceFlags: 1, isRemote: true };
  const parent = traceId === '' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
  const about = { 'app.job.app': app, 'app.job.tpc': topic };
  const span = graphSpan(on, `JOB/${app}/${topic}/1`, about, parent);
  let steps: Step[] = [];
  const { workflowTrace, workflowSpan } = traceOfSpan(span);
  return {
    trace: workflowTrace === undefined ? { trc, spn } : { trc: workflowTrace, spn: workflowSpan },
    told(spans) {
      steps = JSON.parse(spans) as Step[];
    },
    started(metadata) {
      span.setAttributes(attributesOf('app.job.', { ...metadata, jss: metadata['js'] }, IDS));
      const isBegin = ({ activity, job }: Step) =>
        activity.atp === 'trigger' && job.gid === metadata['gid'];
      tellSteps(on, on.isDebug ? steps : steps.filter(isBegin));
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
  telemetry?: Attributes | undefined;
}

/** The run that a message belongs to, and what is known of the spans around it. */
function siteOf(on: Telemetry, { namespace, metadata }: Executed) {
  const [jid = '', gid = '', dad = ''] = ['jid', 'gid', 'dad'].map((name) =>
    String(metadata[name]),
  );
  const run: Run = { space: namespace, jid, gid, dad, aid: metadata.aid };
  const origin = { jobId: gid, workflowId: jid, namespace };
  const ofJob = () => parentOf(on, origin, wholeTrace(metadata) ?? {});
  const within = (role: 'last' | 'outer') => knownContext(role, run) ?? ofJob();
  return { run, within, app: namespace.slice(namespace.indexOf(':') + 1) };
}

/** One of the engine's two legs of a worker activity, as who answers it sees them. */
function beginLeg(
  on: Telemetry,
  { metadata, telemetry }: Executed,
  { run, app }: { run: Run; app: string },
  leg: 1 | 2,
  parent: OtelContext,
) {
  const { aid, dad } = run;
  const about = attributesOf('app.activity.', { aid, dad, leg, mid: metadata.guid }, []);
  const name = `WORKER/${app}/${aid}/${leg}`;
  const span = graphSpan(on, name, { ...about, ...telemetry }, parent);
  const within = on.otel.trace.setSpan(parent, span);
  remember(on, 'last', run, within);
  const end = (problem?: string) => {
    finish(span, problem);
    tellMessage(on, { app, aid, leg, fields: metadata }, within);
  };
  return { within, end };
}

function problemOf(isFailed: boolean, code: number | null): string | undefined {
  return isFailed ? `Function Status Code ${String(code ?? 500)}` : undefined;
}

/** A span around an answer that is given by hand: the leg that it begins. */
export async function answerSpan<T>(
  on: Telemetry,
  answered: Executed,
  { isFailed, code }: Pick<Ended, 'isFailed' | 'code'>,
  give: () => Promise<T>,
): Promise<T> {
  const site = siteOf(on, answered);
  const leg = beginLeg(on, answered, site, 2, site.within('last'));
  try {
    const given = await give();
    leg.end(problemOf(isFailed, code));
    return given;
  } catch (error) {
    leg.end(error instanceof Error ? error.message : String(error));
    throw error;
  }
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
  const { metadata, telemetry } = executed;
  const { guid, aid, topic } = metadata;
  const { trace, context } = on.otel;
  const site = siteOf(on, executed);
  const isFirst = metadata['try'] === undefined;
  const sent = isFirst ? beginLeg(on, executed, site, 1, site.within('outer')) : undefined;
  sent?.end();
  const parent = sent?.within ?? site.within('last');
  const attributes = {
    ...attributesOf('app.stream.', metadata, IDS),
    ...{ 'app.worker.mid': guid, ...telemetry },
  };
  const span = graphSpan(on, `EXECUTE/${site.app}/${aid}/${String(topic)}`, attributes, parent);
  return {
    run: <T>(body: () => T): T => context.with(trace.setSpan(parent, span), body),
    end({ isFailed, code, isOpen }: Ended): void {
      const problem = problemOf(isFailed, code);
      finish(span, problem);
      if (!isOpen) beginLeg(on, executed, site, 2, parent).end(problem);
    },
  };
}
