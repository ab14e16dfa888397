import { fromWithin } from '../database/json-door';
import { checkNumbers, checkOptions, checkSwitches, refuseOption } from '../options';
import { shownFailure } from './step-error';

/** What `exportExecution` shows. */
export interface ExecutionOptions {
  /** 'verbose': with `children`. Default 'sparse'. */
  mode?: 'sparse' | 'verbose';
  /** Levels of children. Default 5. */
  max_depth?: number;
  /** Without activities whose name begins with `lt`. */
  exclude_system?: boolean;
  /** Without results and inputs. */
  omit_results?: boolean;
  /** With the arguments of the workflow, its activities and children. */
  enrich_inputs?: boolean;
  /** Accepted: what is kept can always be read. */
  allow_direct_query?: boolean;
  /** With `parent_workflow_id` and `origin_id`. */
  include_lineage?: boolean;
  /** With `stream_history`. */
  include_stream_history?: boolean;
}

export type ExecutionEventType =
  | 'workflow_execution_started'
  | 'workflow_execution_completed'
  | 'workflow_execution_failed'
  | 'activity_task_scheduled'
  | 'activity_task_completed'
  | 'activity_task_failed'
  | 'child_workflow_execution_started'
  | 'child_workflow_execution_completed'
  | 'child_workflow_execution_failed'
  | 'timer_started'
  | 'timer_fired'
  | 'signal_wait_started'
  | 'workflow_execution_signaled';

export interface ExecutionEvent {
  /** From 1, in the order of time. */
  event_id: number;
  event_type: ExecutionEventType;
  category: 'workflow' | 'activity' | 'child_workflow' | 'timer' | 'signal';
  /** ISO 8601. */
  event_time: string;
  /** Of an end: since its beginning. */
  duration_ms: number | null;
  is_system: boolean;
  /** `kind` is the type of the event; the others depend on it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- programs know what a kind has
  attributes: { kind: ExecutionEventType } & Record<string, any>;
}

export interface ExecutionSummary {
  total_events: number;
  activities: { total: number; completed: number; failed: number; system: number; user: number };
  child_workflows: { total: number; completed: number; failed: number };
  timers: number;
  signals: number;
}

/** A request that an activity was. */
export interface StreamEntry {
  id: string;
  jid: string;
  aid: string;
  dad: string;
  msg_type: string;
  topic: string;
  workflow_name: string;
  data: unknown;
  status: string | null;
  code: number | null;
  created_at: string;
  expired_at: string | null;
}

/** The event history of a job. */
export interface ExecutionExport<R = unknown> {
  workflow_id: string;
  workflow_type: string;
  task_queue: string;
  status: 'running' | 'completed' | 'failed';
  start_time: string;
  close_time: string | null;
  duration_ms: number | null;
  result?: R;
  events: ExecutionEvent[];
  summary: ExecutionSummary;
  children?: ExecutionExport[];
  stream_history?: StreamEntry[];
  parent_workflow_id?: string | null;
  origin_id?: string | null;
}

const FLAGS = [
  ...['exclude_system', 'omit_results', 'enrich_inputs', 'allow_direct_query'],
  ...['include_lineage', 'include_stream_history'],
] as const;
const WHERE = 'exportExecution';

/** @throws RatchetError WF104 */
export function checkExecutionOptions(options: ExecutionOptions): ExecutionOptions {
  checkOptions(options, ['mode', 'max_depth', ...FLAGS], WHERE);
  const { mode } = options;
  if (mode !== undefined && mode !== 'sparse' && mode !== 'verbose') {
    refuseOption(WHERE, 'mode', mode, "Give 'sparse' or 'verbose'.");
  }
  checkNumbers(options, { max_depth: [0, 100, 'whole'] }, WHERE);
  checkSwitches(options, FLAGS, WHERE);
  return options;
}

/** Failures are stored plain, and so are search attributes, which an input may be: an object. */
const PAYLOADS = ['input', 'result'];

/** What the engine told, with values as their users know them. */
export function readExecution<R>(told: ExecutionExport): ExecutionExport<R> {
  if ('result' in told) told.result = fromWithin(told.result);
  for (const { attributes, category } of told.events) {
    for (const name of PAYLOADS) {
      if (name in attributes) attributes[name] = fromWithin(attributes[name]);
    }
    if (!('failure' in attributes)) continue;
    const kind = category === 'child_workflow' ? 'child' : category;
    attributes['failure'] = shownFailure(kind, attributes['failure']);
  }
  for (const entry of told.stream_history ?? []) entry.data = fromWithin(entry.data);
  for (const child of told.children ?? []) readExecution(child);
  return told as ExecutionExport<R>;
}
