import type { RecordedStep } from '../database/turn-calls';
import { RatchetError } from '../errors';
import { objectOf } from './step-key';

/**
 * Why a call cannot be the recorded step at its position, as stored JSON; undefined if it can.
 * Names are compared only where they say what ran: activities, and the workflows of children. A
 * signal id may be made anew in every replay.
 */
export function mismatch(
  call: { kind: string; name: string; position: number },
  recorded: RecordedStep,
): string | undefined {
  const isNamed = ['activity', 'child', 'start'].includes(call.kind);
  if (call.kind === recorded.kind && (!isNamed || call.name === recorded.name)) return undefined;
  return stored(call.position, recorded, `${call.kind} '${call.name}'`);
}

/** Why a function at rest cannot be the one that made the recorded call, as stored JSON. */
export function neverCalled(recorded: RecordedStep): string {
  return stored(recorded.position, recorded, 'nothing');
}

/** How long a function may wait for something that is not durable before it makes its next call. */
const LATE_CALL_MS = 5_000;
/** In so many parts: while the process is blocked only one passes, for it has heard of nothing. */
const LATE_CALL_PARTS = 5;

export function afterLateCalls(check: () => void, parts = LATE_CALL_PARTS): void {
  const next = () => (parts > 1 ? afterLateCalls(check, parts - 1) : check());
  setTimeout(next, LATE_CALL_MS / LATE_CALL_PARTS).unref();
}

function stored(key: number, { kind, name }: RecordedStep, called: string): string {
  const position = objectOf(key);
  const recorded = `${kind} '${name}'`;
  const error = new RatchetError('WF902', 'The workflow function no longer fits its history.', {
    detail: { position, recorded, called },
  });
  return JSON.stringify({
    message:
      `${error.message} At position ${position} the history has ${recorded},` +
      ` the function called ${called}.`,
    code: 902,
    type: 'NondeterminismError',
    hint: error.hint,
    detail: error.detail,
  });
}
