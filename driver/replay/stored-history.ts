import type { Database } from '../database/database';
import { exportHistory } from '../database/job-calls';
import { fromJson } from '../database/json-door';
import { RatchetError } from '../errors';

/** A recorded call. Values are JSON texts, to the letter; null is undefined. */
export interface StoredStep {
  /** Thread of the job; empty for the main function. */
  address: string;
  /** Number of the call in its thread, from 1. */
  position: number;
  /** activity, sleep, wait, child, start, await, signal, cancel, … */
  kind: string;
  name: string;
  /** Which delivery of its thread the answer was; null where that need not be known. */
  delivery: number | null;
  isDone: boolean;
  isFailed: boolean;
  input: string | null;
  value: string | null;
}

/** A job with its history, as `ratchet.export_history` and `handle.exportHistory()` give it. */
export interface StoredHistory {
  format: 'pgratchet-history';
  version: 1;
  job: {
    id: string;
    workflowId: string;
    namespace: string;
    workflow: string;
    queue: string;
    entity: string;
    /** > 0 running, 0 ended by itself, < 0 stopped. */
    status: number;
    /** How often the function has failed and been run again. */
    attempt: number;
    /** Thread of the main function in its current generation; absent: ''. */
    address?: string;
    isCancelled: boolean;
    /** Workflow id of the root of its family; null: itself. */
    originId: string | null;
    /** For how many seconds it is kept once finished; null: as retention says. */
    expire?: number | null;
    input: string | null;
    options: string | null;
    result: string | null;
    error: string | null;
    createdAt: string;
    finishedAt: string | null;
  };
  steps: StoredStep[];
}

/** Reads a document; it may come from a file that anybody may have written. */
export function parseHistory(given: unknown): StoredHistory {
  let document: unknown = given;
  try {
    if (typeof given === 'string') document = JSON.parse(given);
  } catch (cause) {
    return refuse('it is no JSON', cause);
  }
  const history = document as StoredHistory | null;
  if (history?.format !== 'pgratchet-history') return refuse('its format is another one');
  if (history.version !== 1) return refuse(`its version is ${String(history.version)}, not 1`);
  if (typeof history.job !== 'object' || history.job === null) return refuse('it has no job');
  const wrong = wrongField(history.job, JOB_FIELDS);
  if (wrong !== undefined) return refuse(`${wrong} of its job is missing or wrong`);
  if (!Array.isArray(history.steps)) return refuse('its steps are no list');
  for (const [index, step] of history.steps.entries()) {
    const isStep = typeof step === 'object' && step !== null;
    const field = isStep ? wrongField(step, STEP_FIELDS) : 'each field';
    if (field !== undefined) return refuse(`${field} of its step ${index} is missing or wrong`);
  }
  return history;
}

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isBoolean = (value: unknown) => typeof value === 'boolean';

const JOB_FIELDS: Record<string, (value: unknown) => boolean> = {
  ...{ id: isText, workflowId: isText, namespace: isText, workflow: isText, queue: isText },
  ...{ status: Number.isInteger, attempt: Number.isInteger, isCancelled: isBoolean },
  ...{ input: isTextOrNull, options: isTextOrNull, result: isTextOrNull, error: isTextOrNull },
  address: (value) => value === undefined || isText(value),
};
const STEP_FIELDS: typeof JOB_FIELDS = {
  ...{ address: isText, position: Number.isInteger, kind: isText, name: isText },
  ...{ isDone: isBoolean, isFailed: isBoolean, value: isTextOrNull },
  delivery: (value) => value === null || Number.isInteger(value),
};

function wrongField(given: object, fields: typeof JOB_FIELDS): string | undefined {
  const values = given as Record<string, unknown>;
  return Object.keys(fields).find((field) => fields[field]?.(values[field]) !== true);
}

/**
 * Whether a replay can read what it will need, before it gives any of it to a workflow function.
 *
 * @throws RatchetError WF104 what is no JSON; WF109 what is encoded, and cannot be decoded here
 */
export function checkValues({ job }: StoredHistory, steps: readonly StoredStep[]): void {
  const read = (json: string | null, what: string) => {
    try {
      fromJson(json);
    } catch (cause) {
      if (cause instanceof RatchetError) throw cause;
      refuse(`${what} is no JSON`, cause);
    }
  };
  read(job.input, 'the input of its job');
  read(job.options, 'the options of its job');
  read(job.error, 'the error of its job');
  for (const { address, position, value } of steps) {
    read(value, `the value of its step at ${address}${position}`);
  }
}

function refuse(problem: string, cause?: unknown): never {
  throw new RatchetError('WF104', `This is no exported history: ${problem}.`, {
    hint: 'Give what handle.exportHistory() or `select ratchet.export_history(id)` returns.',
    cause,
  });
}

/** @throws RatchetError WF201 when there is no such job. */
export async function readHistory(
  database: Database,
  workflowId: string,
  namespace: string,
): Promise<StoredHistory> {
  return parseHistory(await exportHistory(database, workflowId, namespace));
}
