import { RatchetError } from '../errors';
import type { LiveTurn } from '../engine/live-turn';
import { log } from '../log';
import { spanOf } from '../telemetry/spans';
import { telemetry } from '../telemetry/telemetry';
import { currentWorkflow, durably } from './current-turn';
import { checkObject, checkOnce, passOnce, type OnceOptions } from './events';

/** What a span may be told: text, a number, true or false. */
export type TraceAttributes = Record<string, string | number | boolean>;

/** The one place where a trace of a workflow leaves the process. */
function addSpan(turn: LiveTurn, attributes: TraceAttributes): void {
  const message = `trace of ${turn.work.workflowId}: ${JSON.stringify(attributes)}`;
  log('debug', message, undefined, turn.host.logLevel);
  const traced = telemetry();
  if (traced !== undefined) spanOf(traced, turn, attributes);
}

/**
 * Notes attributes of this moment for whoever observes the workflow: as a span of its trace, and in
 * the log. Resolves to true.
 *
 * @example
 * await Durable.workflow.trace({ 'order.size': 3 });
 */
export function trace(attributes: TraceAttributes, options: OnceOptions = {}): Promise<boolean> {
  return durably(() => noted(attributes, options));
}

function noted(attributes: TraceAttributes, options: OnceOptions): Promise<true> | true {
  const { turn } = currentWorkflow('trace');
  checkObject(attributes, 'trace', 'Give an object of attributes.');
  for (const [name, value] of Object.entries(attributes)) {
    if (['string', 'number', 'boolean'].includes(typeof value)) continue;
    throw new RatchetError('WF104', `trace: '${name}' is neither text, a number nor a boolean.`, {
      detail: { option: name },
      hint: 'Turn the value into text.',
    });
  }
  const note = (isNoted: boolean): true => {
    if (isNoted) addSpan(turn, attributes);
    return true;
  };
  return checkOnce(options, 'trace') ? passOnce('trace').then(note) : note(!turn.isOver);
}
