import { randomUUID } from 'node:crypto';
import * as graphs from '../database/graph-calls';
import { fromJson, toJson } from '../database/json-door';
import { environmentNumber } from '../environment';
import type { Asked } from '../engine/inbox';
import type { Hub } from '../engine/hub';
import { refuseOption } from '../options';
import { jobSpan } from '../telemetry/graph-spans';
import { telemetry } from '../telemetry/telemetry';
import { saying } from './job-error';
import { outputOf, type JobOutput } from './messages';

/** Ids of a caller's trace, to which the job's belongs. */
export interface PublishContext {
  metadata?: { trc?: string | undefined; spn?: string | undefined; [key: string]: unknown };
  [key: string]: unknown;
}

export interface PublishOptions {
  /** Stored as user data, which getQueryState reads. */
  search?: Record<string, unknown>;
  /** Stored as they are; keys that do not begin with - are dropped. */
  marker?: Record<string, unknown>;
  /** In place of the trigger's. */
  entity?: string;
  /** Seconds for which the id is only reserved. */
  pending?: number;
}

interface Published {
  job_id: string;
  status: number;
  metadata: JobOutput['metadata'];
  data?: unknown;
}

const TIMEOUT_CODE = 504;

/** Starts a job, as a child of the caller's trace where spans are wanted. */
async function start(
  hub: Hub,
  app: graphs.App,
  { topic, payload, context, options }: Start,
): Promise<{ published: Published; answer: string | null }> {
  const { trc, spn } = context?.metadata ?? {};
  const traced = telemetry();
  const span = traced && jobSpan(traced, { app: app.app, topic }, { trc, spn });
  const given = { ...defaults(), ...options, trc, spn, ...span?.trace, request_id: randomUUID() };
  try {
    const starting = { topic, payload, options: JSON.stringify(given) };
    const call = graphs.publish(hub.database, starting, app, span?.told);
    const answer = await saying(topic, call);
    const published = fromJson(answer) as Published;
    span?.started(published.metadata);
    return { published, answer };
  } catch (error) {
    span?.failed(error);
    throw error;
  }
}

/** What the environment of who starts a job says for it, where its graph does not. */
function defaults(): { expire?: number | undefined; max_cycles?: number | undefined } {
  return {
    expire:
      environmentNumber('HMSH_EXPIRE_JOB_SECONDS', 0, 1e10) ??
      environmentNumber('HMSH_EXPIRE_DURATION', 0, 1e10),
    max_cycles: environmentNumber('HMSH_MAX_CYCLES', 1, 1e7),
  };
}

interface Start {
  topic: string;
  payload: string | null;
  context: PublishContext | null | undefined;
  options: object;
}

/** Starts a job and returns its id; resolves once that is durable. */
export async function publishJob(
  hub: Hub,
  app: graphs.App,
  topic: string,
  data: unknown,
  context: PublishContext | null | undefined,
  options: PublishOptions = {},
): Promise<string> {
  const payload = toJson(data ?? {}, 'data');
  await hub.prepare();
  const { published } = await start(hub, app, { topic, payload, context, options });
  return published.job_id;
}

/** Starts a job and waits for its first broadcast. Rejects with plain objects, as documented. */
export async function askJob(
  hub: Hub,
  app: graphs.App,
  topic: string,
  data: unknown,
  context: PublishContext | null | undefined,
  timeoutMs: number,
): Promise<JobOutput> {
  if (!(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
    const advice = 'Give milliseconds, 0 or more; Infinity waits for as long as it takes.';
    refuseOption('pubsub', 'timeout', timeoutMs, advice);
  }
  const payload = toJson(data ?? {}, 'data');
  await hub.prepare();
  hub.listen('broadcasts');
  const ask = async (replyTo: string): Promise<Asked> => {
    const options = { reply_to: replyTo };
    const { published, answer } = await start(hub, app, { topic, payload, context, options });
    const isOver = published.status <= 0;
    return { jobId: published.job_id, answer: isOver ? (answer ?? '') : undefined };
  };
  const { jobId, answer } = await hub.inbox.ask(`${app.namespace}:${app.app}`, ask, timeoutMs);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- documented as a plain object
  if (answer === undefined) throw { code: TIMEOUT_CODE, message: 'timeout', job_id: jobId };
  const output = outputOf(fromJson(answer) as JobOutput);
  const { metadata } = output;
  if (metadata.err !== undefined) {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- documented as a plain object
    throw rejectionOf(fromJson(metadata.err) as object, jobId);
  }
  return output;
}

const DEFAULT_WAIT_MS = 1_000;

/** How long a caller waits for an answer unless it says: HMSH_OTT_WAIT_TIME. */
export function waitMs(): number {
  const given = Number(process.env['HMSH_OTT_WAIT_TIME']);
  return given > 0 ? given : DEFAULT_WAIT_MS;
}

/**
 * `{ error, job_id }`. Programs of older versions read `code` and `message` of the rejection
 * itself: it has the members of the error as well, where nobody lists them. Its own two it keeps:
 * an error may have an `error` in it, and one of another job the `job_id` of that.
 */
function rejectionOf(error: object, jobId: string): object {
  const rejection = { error, job_id: jobId };
  const hidden = Object.entries(error)
    .filter(([name]) => !Object.hasOwn(rejection, name))
    .map(([name, value]) => [name, { value: value as unknown }]);
  return Object.defineProperties(rejection, Object.fromEntries(hidden) as PropertyDescriptorMap);
}
