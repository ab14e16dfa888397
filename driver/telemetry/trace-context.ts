import { checkName } from '../database/names';

/** Trace and span id, hexadecimal, under the names of the start options. */
export interface TraceOptions {
  /** Trace that the workflow belongs to: 32 hexadecimal digits. */
  workflowTrace?: string;
  /** Span that the workflow's spans are children of: 16 hexadecimal digits. */
  workflowSpan?: string;
}

const MAX_ID = 64;

/** What is stored with a job, and goes with its activities, so that spans elsewhere find theirs. */
export function traceOf({ workflowTrace, workflowSpan }: TraceOptions): TraceOptions {
  return {
    ...(workflowTrace === undefined
      ? {}
      : { workflowTrace: checkName(workflowTrace, 'workflowTrace', MAX_ID) }),
    ...(workflowSpan === undefined
      ? {}
      : { workflowSpan: checkName(workflowSpan, 'workflowSpan', MAX_ID) }),
  };
}

/** Options of a start in the trace that they name, else in the given one. */
export function inTrace<O extends TraceOptions>(trace: TraceOptions, options: O): O {
  const { workflowTrace, workflowSpan } = options;
  if (workflowTrace !== undefined) return options;
  return { ...options, ...trace, ...(workflowSpan === undefined ? {} : { workflowSpan }) };
}
