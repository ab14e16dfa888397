import type { Database } from '../database/database';
import { exportHistory } from '../database/job-calls';
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
  const areSteps = Array.isArray(history.steps) && history.steps.every(isStep);
  return areSteps ? history : refuse('its steps are not steps');
}

function isStep(step: Partial<StoredStep> | null): boolean {
  return (
    typeof step?.address === 'string' &&
    typeof step.kind === 'string' &&
    typeof step.name === 'string' &&
    Number.isInteger(step.position) &&
    (typeof step.value === 'string' || step.value === null)
  );
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
