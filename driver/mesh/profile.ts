import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { App, MemberRow } from '../database/graph-calls';
import { fromJson } from '../database/json-door';
import type { Counts } from './worker-callback';

/** The machine of an instance. */
export interface SystemProfile {
  TotalMemoryGB: string;
  FreeMemoryGB: string;
  UsedMemoryGB: string;
  /** Of the last 1, 5 and 15 minutes; 1.00 is one busy core for each core. */
  CPULoad: string[];
  /** Always empty: nothing here counts what goes over the network. */
  NetworkStats: unknown[];
}

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
  /** Messages answered, by code: of the worker, of an engine's instance in all. */
  counts?: Counts;
  /** Of them those with a code of 300 or more. */
  error_count?: number;
  inited: string;
  timestamp: string;
  /** -1: paused; else milliseconds between two batches. */
  throttle: number;
  /** Milliseconds of silence after which others take over what its process holds. */
  reclaimDelay: number;
  /** How often an execution may be lost with its process before it counts as failed. */
  reclaimCount: number;
  /** Whether it fires timers: every engine does. */
  is_scout: boolean;
  system?: SystemProfile;
  /** Source of the callback, where it was asked for. Of workers only. */
  signature?: string;
  /** Of engines only: how long the oldest answer has waited to be gone on with, in words. */
  duress_level?: 'healthy' | 'mild' | 'moderate' | 'severe';
  /** The same in milliseconds. */
  duress_score_ms?: number;
  duress_per_type?: Record<string, number>;
  [key: string]: unknown;
}

export interface RollCallOptions {
  /** true: with the source of each worker's callback. Default false. */
  signature?: boolean;
}

const ENGINE_STREAM = '$graph';
const FIRST_ERROR_CODE = 300;

/** Below which milliseconds an engine is under no more duress than that. */
const LEVELS = [
  [200, 'healthy'],
  [1_000, 'mild'],
  [5_000, 'moderate'],
] as const;

function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(2);
}

/** What an instance says of itself, as it serves one queue, when it is asked. */
export function saidOf(counts: Counts, signature?: string): string {
  const [total, free] = [totalmem(), freemem()];
  const errors = Object.entries(counts).filter(([code]) => Number(code) >= FIRST_ERROR_CODE);
  const system: SystemProfile = {
    TotalMemoryGB: gigabytes(total),
    FreeMemoryGB: gigabytes(free),
    UsedMemoryGB: gigabytes(total - free),
    CPULoad: loadavg().map((load) => (load / cpus().length).toFixed(2)),
    NetworkStats: [],
  };
  return JSON.stringify({
    counts,
    error_count: errors.reduce((sum, [, count]) => sum + count, 0),
    timestamp: new Date().toISOString(),
    system,
    signature,
  });
}

/** A member as it is told: what the database knows of it, and what it last said of itself. */
export function profileOf(member: MemberRow, { app, namespace }: App): QuorumProfile {
  const { guid, topic, depth, rate, inited, profile, reclaimDelayMs, reclaimCount } = member;
  return {
    ...{ engine_id: guid, namespace, app_id: app },
    ...(topic === null ? duressOf(member.waitedMs) : { worker_topic: topic }),
    ...{ stream: topic ?? ENGINE_STREAM, stream_depth: depth, throttle: rate, inited },
    ...{ reclaimDelay: reclaimDelayMs, reclaimCount, is_scout: topic === null },
    timestamp: new Date().toISOString(),
    ...(fromJson(profile) as object | undefined),
  };
}

function duressOf(waitedMs: number): Partial<QuorumProfile> {
  const score = Math.round(waitedMs);
  const level = LEVELS.find(([ceiling]) => score < ceiling)?.[1] ?? 'severe';
  return { duress_level: level, duress_score_ms: score, duress_per_type: { result: score } };
}
