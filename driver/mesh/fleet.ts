import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { post } from '../database/broadcast-calls';
import * as graphs from '../database/graph-calls';
import { fromJson, toJson } from '../database/json-door';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import type { Counts } from './worker-callback';

/** One engine, or one worker, that runs somewhere. */
export interface QuorumProfile {
  /** guid of its instance. */
  engine_id: string;
  namespace: string;
  app_id: string;
  /** Of workers only. */
  worker_topic?: string;
  stream: string;
  /** Messages that nobody has taken yet. */
  stream_depth: number;
  /** Messages answered by the instance, by code. */
  counts?: Counts;
  error_count?: number;
  inited: string;
  timestamp: string;
  /** -1: paused; else milliseconds between two batches. */
  throttle: number;
  system?: { TotalMemoryGB: string; FreeMemoryGB: string; UsedMemoryGB: string; CPULoad: unknown };
  [key: string]: unknown;
}

export interface ThrottleOptions {
  /** -1: pause; 0: resume; else milliseconds between two batches. */
  throttle: number;
  /** Workers of one topic only. */
  topic?: string;
  /** One instance only; not kept. */
  guid?: string;
  scope?: 'engines' | 'workers' | 'all';
}

/** A message of the control channel. Applications send `user`. */
export interface QuorumMessage {
  type: string;
  topic?: string;
  message?: unknown;
  [key: string]: unknown;
}

const TYPES = ['ping', 'pong', 'rollcall', 'activate', 'throttle', 'work', 'cron', 'duress', 'job'];
const CHANNEL = 'quorum';
const ENGINE_STREAM = '$graph';

/** The pattern by which instances listen to the control channel. */
export const QUORUM_PATTERN = `$${CHANNEL}`;

function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(2);
}

/** What an instance says of itself when it is asked. */
export function profileOf(counts: Counts): string {
  const [total, free] = [totalmem(), freemem()];
  const errors = Object.entries(counts).filter(([code]) => Number(code) >= 300);
  return JSON.stringify({
    counts,
    error_count: errors.reduce((sum, [, count]) => sum + count, 0),
    timestamp: new Date().toISOString(),
    system: {
      TotalMemoryGB: gigabytes(total),
      FreeMemoryGB: gigabytes(free),
      UsedMemoryGB: gigabytes(total - free),
      CPULoad: loadavg().map((load) => (load / cpus().length).toFixed(2)),
    },
  });
}

/** Asks every instance for its profile, waits for `delayMs`, and returns what is known by then. */
export async function callRoll(
  hub: Hub,
  app: graphs.App,
  delayMs: number,
): Promise<QuorumProfile[]> {
  await postQuorum(hub, app, { type: 'rollcall' });
  await pause(delayMs);
  const members = await graphs.rollCall(hub.database, app);
  return members.map(({ guid, topic, depth, rate, inited, profile }) => ({
    ...{ engine_id: guid, namespace: app.namespace, app_id: app.app },
    ...(topic === null ? {} : { worker_topic: topic }),
    ...{ stream: topic ?? ENGINE_STREAM, stream_depth: depth, throttle: rate, inited },
    timestamp: new Date().toISOString(),
    ...(fromJson(profile) as object | undefined),
  }));
}

export async function postQuorum(hub: Hub, app: graphs.App, message: QuorumMessage): Promise<void> {
  if (message?.type !== 'user' && !TYPES.includes(message?.type)) {
    throw new RatchetError('WF104', `Unknown type of a quorum message: ${String(message?.type)}`, {
      hint: "Send { type: 'user', topic, message }.",
    });
  }
  const json = toJson(message, 'quorum message') ?? 'null';
  await post(hub.database, { topic: CHANNEL, message: json, ...app });
}

/** Sets how fast engines and workers may take messages. */
export async function setThrottle(
  hub: Hub,
  app: graphs.App,
  { throttle: rate, topic, guid, scope }: ThrottleOptions,
): Promise<void> {
  if (!Number.isInteger(rate) || rate < -1 || rate > 2 ** 31 - 1) {
    throw new RatchetError(
      'WF104',
      'Throttle must be -1 (pause) or a non-negative integer (ms delay); 0 = resume',
      { detail: { throttle: rate } },
    );
  }
  const call = { rate, topic: topic ?? null, guid: guid ?? null, scope: scope ?? null };
  await graphs.throttle(hub.database, call, app);
}
