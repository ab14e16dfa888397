import { readAttributes } from '../database/data-calls';
import type { Database } from '../database/database';
import { fromJson } from '../database/json-door';
import { readSteps, type JobRow, type StepRow } from '../database/job-calls';
import { parseJson } from '../database/parse-json';
import { checkOptions, checkSwitches, refuseOption } from '../options';
import { jobStateWithMetadata, type JobStateWithMetadata } from './state';
import { shownFailure } from './step-error';

const SECTIONS = ['data', 'state', 'status', 'timeline', 'transitions'] as const;
export type ExportSection = (typeof SECTIONS)[number];

/** Checked when it is used, so that lists of plain strings are taken. */
type Sections = readonly (ExportSection | (string & {}))[];

export interface ExportOptions {
  /** Only these sections. */
  allow?: Sections;
  /** All but these; applied after `allow`. */
  block?: Sections;
  /** false: payloads are left out. Default true. */
  values?: boolean;
  /** With the arguments of activities and children, as `input`. Default false. */
  enrich_inputs?: boolean;
}

export interface TimelineEntry {
  /** `-proxy-1-`: what it was and the number of the call. */
  key: string;
  index: number;
  /** Number of an operation within its object, from 0. */
  secondary?: number;
  /** The thread, where it is not the main function. */
  dimension?: string;
  /** Of an operation on search attributes its result as text, of one on the entity its result. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- programs read entry.value.data
  value: any;
}

/** What the engine did for a step. */
export interface Transition {
  activity: string;
  dimensions: string;
  created: string;
  updated: string;
}

export interface JobExport {
  /** Search attributes; `/` in a name leads one level down. */
  data?: Record<string, unknown>;
  state?: JobStateWithMetadata;
  status?: number;
  timeline?: TimelineEntry[];
  /** In the order of creation, across threads. */
  transitions?: Transition[];
}

function payload(step: StepRow, areValuesShown: boolean): Record<string, unknown> {
  if (!step.isDone) return {};
  const value = areValuesShown ? fromJson(step.value) : {};
  if (step.kind === 'sleep') return { duration: Number(step.value) };
  if (step.kind === 'wait') {
    return step.isFailed
      ? { timedOut: true }
      : { type: 'wait', data: { id: step.name, data: value } };
  }
  const type = step.kind === 'activity' ? { type: 'proxy' } : {};
  if (!step.isFailed) return { ...type, data: value };
  const $error = areValuesShown ? shownFailure(step.kind, value) : {};
  return { ...type, $error };
}

/** Which job a step names: its child, else its own. */
function jobOf(step: StepRow, workflowId: string): { job_id?: string } {
  if (['sleep', 'wait'].includes(step.kind)) return {};
  return { job_id: step.target ?? (step.kind === 'await' ? step.name : workflowId) };
}

/** What an operation on data returned; it passes through no codec. */
function answerOf({ kind, value }: StepRow, isShown: boolean): unknown {
  if (!isShown) return {};
  const answer = value === null ? undefined : parseJson(value);
  return kind === 'search' && typeof answer !== 'string' ? value : answer;
}

function valueOf(step: StepRow, workflowId: string, options: ExportOptions): unknown {
  const areValuesShown = options.values ?? true;
  if (step.secondary !== null && !step.isFailed) return answerOf(step, areValuesShown);
  const hasInput =
    (options.enrich_inputs ?? false) && ['activity', 'child', 'start'].includes(step.kind);
  return {
    ...payload(step, areValuesShown),
    ...(hasInput ? { input: areValuesShown ? fromJson(step.input) : {} } : {}),
    ...{ ac: step.createdAt, au: step.updatedAt },
    ...jobOf(step, workflowId),
  };
}

function entry(step: StepRow, workflowId: string, options: ExportOptions): TimelineEntry {
  return {
    key: step.timelineKey,
    index: step.index,
    ...(step.secondary === null ? {} : { secondary: step.secondary }),
    ...(step.dimension === '' ? {} : { dimension: step.dimension.replace(/^,/, '') }),
    value: valueOf(step, workflowId, options),
  };
}

function transition(step: StepRow): Transition {
  const { kind, name, dimension, createdAt, updatedAt } = step;
  const times = { created: createdAt, updated: updatedAt };
  return { activity: `${kind} ${name}`, dimensions: dimension, ...times };
}

/** Compared as text: as numbers they are longer than a double is exact. */
function byCreation(a: Transition, b: Transition): number {
  if (a.created === b.created) return 0;
  return a.created < b.created ? -1 : 1;
}

/** @throws RatchetError WF104 */
export function checkExport(options: ExportOptions): void {
  checkOptions(options, ['allow', 'block', 'values', 'enrich_inputs'], 'export');
  checkSwitches(options, ['values', 'enrich_inputs'], 'export');
  for (const option of ['allow', 'block'] as const) {
    const sections: unknown = options[option] ?? [];
    const advice = `Give a list of sections: ${SECTIONS.join(', ')}.`;
    if (!Array.isArray(sections)) refuseOption('export', option, sections, advice);
    for (const section of sections as unknown[]) {
      if (SECTIONS.some((known) => known === section)) continue;
      refuseOption('export', `a section of ${option}`, section, advice);
    }
  }
}

function wanted(options: ExportOptions): Set<string> {
  const chosen = new Set<string>(options.allow ?? SECTIONS);
  for (const section of options.block ?? []) chosen.delete(section);
  return chosen;
}

/** A job as an object: its data, its end, its semaphore, and what it has done. */
export async function exportJob(
  database: Database,
  job: JobRow,
  target: { workflowId: string; namespace: string },
  options: ExportOptions,
): Promise<JobExport> {
  const { workflowId, namespace } = target;
  const sections = wanted(options);
  const result: JobExport = {};
  if (sections.has('data')) {
    result.data = await readAttributes<Record<string, unknown>>(
      ...([database, workflowId, namespace, true] as const),
    );
  }
  if (sections.has('state')) result.state = jobStateWithMetadata(job, workflowId);
  if (sections.has('status')) result.status = job.status;
  const needsSteps = sections.has('timeline') || sections.has('transitions');
  const steps = needsSteps ? await readSteps(database, job.jobId) : [];
  if (sections.has('timeline')) {
    result.timeline = steps.map((step) => entry(step, workflowId, options));
  }
  if (sections.has('transitions')) {
    result.transitions = steps.map(transition).sort(byCreation);
  }
  return result;
}
