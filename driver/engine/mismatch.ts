import type { RecordedStep } from '../database/turn-calls';
import { RatchetError } from '../errors';

/**
 * Why a call cannot be the recorded step at its position, as stored JSON; undefined if it can.
 * Names are compared only where they say what ran: activities, and the workflows of children. A signal
 * id may be made anew in every replay.
 */
export function mismatch(
  call: { kind: string; name: string; position: number },
  recorded: RecordedStep,
): string | undefined {
  const isNamed = ['activity', 'child', 'start'].includes(call.kind);
  if (call.kind === recorded.kind && (!isNamed || call.name === recorded.name)) return undefined;
  const error = new RatchetError('WF902', 'The workflow function no longer fits its history.', {
    detail: {
      position: call.position,
      recorded: `${recorded.kind} ${recorded.name}`,
      called: `${call.kind} ${call.name}`,
    },
  });
  return JSON.stringify({
    message:
      `${error.message} At position ${call.position} the history has ${recorded.kind}` +
      ` '${recorded.name}', the function called ${call.kind} '${call.name}'.`,
    code: 902,
    type: 'NondeterminismError',
    hint: error.hint,
  });
}
