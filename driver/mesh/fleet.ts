import { setTimeout as pause } from 'node:timers/promises';
import { post } from '../database/broadcast-calls';
import * as graphs from '../database/graph-calls';
import { toJson } from '../database/json-door';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import { profileOf, type QuorumProfile, type RollCallOptions } from './profile';

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

/** The pattern by which instances listen to the control channel. */
export const QUORUM_PATTERN = `$${CHANNEL}`;

/** Asks every instance for its profile, waits for `delayMs`, and returns what is known by then. */
export async function callRoll(
  hub: Hub,
  app: graphs.App,
  delayMs: number,
  { signature = false }: RollCallOptions,
): Promise<QuorumProfile[]> {
  await postQuorum(hub, app, { type: 'rollcall', signature });
  await pause(delayMs);
  return (await graphs.rollCall(hub.database, app)).map((member) => profileOf(member, app));
}

/** Sends a message to the control channel. One that throttles does so. */
export async function postQuorum(hub: Hub, app: graphs.App, message: QuorumMessage): Promise<void> {
  if (message?.type === 'throttle')
    return setThrottle(hub, app, message as unknown as ThrottleOptions);
  return sayToFleet(hub, app, message);
}

/** Tells of a version that every engine runs from now on. */
export function sayActivated(hub: Hub, app: graphs.App, version: string): Promise<void> {
  return sayToFleet(hub, app, { type: 'activate', cache_mode: 'cache', until_version: version });
}

/** Tells every instance that listens. */
async function sayToFleet(hub: Hub, app: graphs.App, message: QuorumMessage): Promise<void> {
  if (message?.type !== 'user' && !TYPES.includes(message?.type)) {
    throw new RatchetError('WF104', `Unknown type of a quorum message: ${String(message?.type)}`, {
      hint: "Send { type: 'user', topic, message }.",
    });
  }
  const json = toJson(message, 'quorum message') ?? 'null';
  await post(hub.database, { topic: CHANNEL, message: json, ...app });
}

/** Sets how fast engines and workers may take messages, and tells every instance that listens. */
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
  await sayToFleet(hub, app, { type: 'throttle', throttle: rate, topic, guid, scope });
}
