import type { Database } from '../database/database';
import { fromJson } from '../database/json-door';
import { readSteps, type JobRow, type StepRow } from '../database/job-calls';
import { RatchetError } from '../errors';
import { dimensionOf, threadOrder } from '../engine/address';
import { jobStateWithMetadata, type JobStateWithMetadata } from './state';

const SECTIONS = ['data', 'state', 'status', 'timeline', 'transitions'] as const;
export type ExportSection = (typeof SECTIONS)[number];

export interface ExportOptions {
  /** Only these sections. */
  allow?: ExportSection[];
  /** All but these; applied after `allow`. */
  block?: ExportSection[];
  /** false: payloads are left out. Default true. */
  values?: boolean;
}

export interface TimelineEntry {
  key: string;
  index: number;
  dimension?: string;
  value: Record<string, unknown>;
}

export interface JobExport {
  data?: Record<string, unknown>;
  state?: JobStateWithMetadata;
  status?: number;
  timeline?: TimelineEntry[];
  transitions?: unknown[];
}

/** The names under which the history of this API shows a step. */
const KINDS: Record<string, string> = { activity: 'proxy', await: 'child' };

function payload(step: StepRow, areValuesShown: boolean): Record<string, unknown> {
  if (!step.isDone) return {};
  const value = areValuesShown ? fromJson(step.value) : {};
  if (step.kind === 'sleep') return { duration: Number(step.value) };
  if (step.kind === 'wait') {
    return step.isFailed
      ? { timedOut: true }
      : { type: 'wait', data: { id: step.name, data: value } };
  }
  return step.isFailed ? { $error: value } : { data: value };
}

function entry(step: StepRow, workflowId: string, areValuesShown: boolean): TimelineEntry {
  const kind = KINDS[step.kind] ?? step.kind;
  const times = { ac: step.createdAt, au: step.updatedAt };
  const job = ['sleep', 'wait'].includes(step.kind) ? {} : { job_id: workflowId };
  return {
    key: `-${kind}-${step.position}-`,
    index: step.position,
    ...(step.address === '' ? {} : { dimension: dimensionOf(step.address).replace(/^,/, '') }),
    value: { ...payload(step, areValuesShown), ...times, ...job },
  };
}

function wanted(options: ExportOptions): Set<ExportSection> {
  for (const section of [...(options.allow ?? []), ...(options.block ?? [])]) {
    if (SECTIONS.includes(section)) continue;
    throw new RatchetError('WF104', `export has no section '${String(section)}'.`, {
      hint: `Sections are ${SECTIONS.join(', ')}.`,
    });
  }
  const chosen = new Set(options.allow ?? SECTIONS);
  for (const section of options.block ?? []) chosen.delete(section);
  return chosen;
}

/** A job as an object: its end, its semaphore, and what it has done. */
export async function exportJob(
  database: Database,
  job: JobRow,
  workflowId: string,
  options: ExportOptions,
): Promise<JobExport> {
  const sections = wanted(options);
  const result: JobExport = {};
  if (sections.has('data')) result.data = {};
  if (sections.has('state')) result.state = jobStateWithMetadata(job, workflowId);
  if (sections.has('status')) result.status = job.status;
  if (sections.has('timeline')) {
    const steps = await readSteps(database, job.jobId);
    const calls = steps.filter((step) => !step.address.includes('#'));
    const shown = calls.sort((a, b) => threadOrder(a.address) - threadOrder(b.address));
    result.timeline = shown.map((step) => entry(step, workflowId, options.values ?? true));
  }
  if (sections.has('transitions')) result.transitions = [];
  return result;
}
