import { call, callRows } from './call';
import type { Database } from './database';
import type { OnSpans } from './exchange';

/** An app of a namespace: every call about graphs is about one. */
export interface App {
  app: string;
  namespace: string;
}

const DEPLOY = 'select ratchet.deploy($1, $2, $3)';
const ACTIVATE = 'select ratchet.activate($1, $2, $3)';
const PUBLISH = 'select ratchet.publish($1, $2, $3, $4, $5)::text';
const SIGNAL = `select ratchet.signal_topic(p_topic => $1, p_data => $2, p_app => $3,
  p_namespace => $4, p_status => $5, p_code => $6)`;
const SIGNAL_ALL = 'select ratchet.signal_all($1, $2, $3, $4, $5, $6)';
const INTERRUPT = `select ratchet.interrupt(p_job => $1, p_app => $2, p_namespace => $3,
  p_options => $4)`;
const SCRUB = 'select ratchet.scrub(p_job => $1, p_app => $2, p_namespace => $3)';
const STATE = 'select ratchet.graph_state(p_job => $1, p_app => $2, p_namespace => $3)';
const STATUS = 'select ratchet.graph_status(p_job => $1, p_app => $2, p_namespace => $3)';
const FIELDS = 'select ratchet.graph_fields($1, $2, $3)';
const EXPORT = 'select ratchet.graph_export($1, $2, $3, $4)';
const STATS = 'select ratchet.graph_stats($1, $2, $3, $4)';
const IDS = 'select ratchet.graph_ids($1, $2, $3, $4, $5)';
const RESPOND = `select ratchet.respond(p_job => $1, p_activity => $2, p_dimension => $3,
  p_status => $4, p_code => $5, p_data => $6, p_gid => $7, p_app => $8, p_namespace => $9)`;
const THROTTLE = 'select ratchet.throttle($1, $2, $3, $4, $5, $6)';
const REPORT_PROFILE = 'select ratchet.report_profile($1, $2, $3, $4)';
const ROLL_CALL = `select guid, worker_topic, stream_depth, throttle, waited_ms, reclaim_delay_ms,
    reclaim_count,
    to_char(inited at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), profile
  from ratchet.roll_call($1, $2)`;

/** The same call, with a row of what graphs did in it. */
const telling = (text: string) => `${text.replace('$1', 'ratchet.with_spans($1)')}
  union all select value from ratchet.told_spans()`;
const PUBLISH_WITH_SPANS = telling(PUBLISH);
const RESPOND_WITH_SPANS = telling(RESPOND);

type Json = string | null;

/** Runs a call that gives the same answer when it is repeated. */
function repeated(database: Database, text: string, values: unknown[]): Promise<Json> {
  return call(database, undefined, text, values);
}

/** Runs a call once: repeated after a lost answer, it would act again. */
async function once(database: Database, text: string, values: unknown[]): Promise<Json> {
  const [row] = await database.rows<[Json]>(text, values);
  return row?.[0] ?? null;
}

/** Stores a version and returns its manifest. */
export function deploy(database: Database, document: Json, { app, namespace }: App): Promise<Json> {
  return repeated(database, DEPLOY, [document, app, namespace]);
}

export function activate(database: Database, version: string, of: App): Promise<Json> {
  return repeated(database, ACTIVATE, [version, of.app, of.namespace]);
}

/**
 * Starts a job; `options` must have a request_id, which makes a repetition harmless. `onSpans` is
 * told what was done until it returned.
 */
export async function publish(
  database: Database,
  { topic, payload, options }: { topic: string; payload: Json; options: string },
  { app, namespace }: App,
  onSpans?: OnSpans,
): Promise<Json> {
  const values = [topic, payload, app, options, namespace];
  if (onSpans === undefined) return repeated(database, PUBLISH, values);
  const [state, spans] = await callRows(database, undefined, PUBLISH_WITH_SPANS, values);
  onSpans(spans ?? '[]');
  return state ?? null;
}

export interface SignalCall {
  topic: string;
  data: Json;
  status: string;
  code: number;
}

export function signalTopic(
  database: Database,
  { topic, data, status, code }: SignalCall,
  { app, namespace }: App,
): Promise<Json> {
  return once(database, SIGNAL, [topic, data, app, namespace, status, code]);
}

export function signalAll(
  database: Database,
  { topic, data, query, facets }: { topic: string; data: Json; query: Json; facets: string[] },
  { app, namespace }: App,
): Promise<Json> {
  return once(database, SIGNAL_ALL, [topic, data, query, facets, app, namespace]);
}

export function interruptJob(
  database: Database,
  jobId: string,
  options: Json,
  { app, namespace }: App,
): Promise<Json> {
  return once(database, INTERRUPT, [jobId, app, namespace, options]);
}

/** What of a job is read: each a function of the engine. */
const READS = { state: STATE, status: STATUS, fields: FIELDS } as const;

export type JobRead = keyof typeof READS;

export function readGraphJob(
  database: Database,
  what: JobRead,
  jobId: string,
  { app, namespace }: App,
): Promise<Json> {
  return repeated(database, READS[what], [jobId, app, namespace]);
}

export async function scrubJob(
  database: Database,
  jobId: string,
  { app, namespace }: App,
): Promise<void> {
  await repeated(database, SCRUB, [jobId, app, namespace]);
}

export function exportGraphJob(
  database: Database,
  jobId: string,
  isEnriched: boolean,
  { app, namespace }: App,
): Promise<Json> {
  return repeated(database, EXPORT, [jobId, app, isEnriched, namespace]);
}

export function readStats(
  database: Database,
  topic: string,
  query: Json,
  { app, namespace }: App,
): Promise<Json> {
  return repeated(database, STATS, [topic, query, app, namespace]);
}

export function readIds(
  database: Database,
  { topic, query, facets }: { topic: string; query: Json; facets: string[] },
  { app, namespace }: App,
): Promise<Json> {
  return repeated(database, IDS, [topic, query, facets, app, namespace]);
}

export interface ResponseCall {
  jobId: string;
  activity: string;
  dimension: string;
  status: string;
  code: number;
  data: Json;
  generation: string | null;
}

/** Answers an activity by hand; `onSpans` is told what was done until it returned. */
export async function respond(
  database: Database,
  response: ResponseCall,
  { app, namespace }: App,
  onSpans?: OnSpans,
): Promise<Json> {
  const { jobId, activity, dimension, status, code, data, generation } = response;
  const values = [jobId, activity, dimension, status, code, data, generation, app, namespace];
  if (onSpans === undefined) return once(database, RESPOND, values);
  const [id, spans] = await database.rows<[Json]>(RESPOND_WITH_SPANS, values);
  onSpans(spans?.[0] ?? '[]');
  return id?.[0] ?? null;
}

export interface ThrottleCall {
  rate: number;
  topic: string | null;
  guid: string | null;
  scope: string | null;
}

export async function throttle(
  database: Database,
  { rate, topic, guid, scope }: ThrottleCall,
  { app, namespace }: App,
): Promise<void> {
  await repeated(database, THROTTLE, [rate, app, topic, guid, scope, namespace]);
}

export async function reportProfile(
  database: Database,
  workerId: string,
  { guid, queue, profile }: { guid: string; queue: string; profile: string },
): Promise<void> {
  await database.rows(REPORT_PROFILE, [workerId, guid, queue, profile]);
}

export interface MemberRow {
  guid: string;
  topic: string | null;
  depth: number;
  rate: number;
  /** How long the oldest of them has waited. */
  waitedMs: number;
  reclaimDelayMs: number;
  reclaimCount: number;
  inited: string;
  profile: Json;
}

/** The running engines and workers of an app. */
export async function rollCall(database: Database, { app, namespace }: App): Promise<MemberRow[]> {
  const rows = await database.rows<(string | null)[]>(ROLL_CALL, [app, namespace]);
  return rows.map(([guid, topic, depth, rate, waited, delay, count, inited, profile]) => ({
    ...{ guid: guid ?? '', topic: topic ?? null, depth: Number(depth), rate: Number(rate) },
    ...{ waitedMs: Number(waited), reclaimDelayMs: Number(delay), reclaimCount: Number(count) },
    ...{ inited: inited ?? '', profile: profile ?? null },
  }));
}
