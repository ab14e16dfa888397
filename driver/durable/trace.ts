import { RatchetError } from '../errors';
import type { LiveTurn } from '../engine/live-turn';
import { log } from '../log';
import { spanOf } from '../telemetry/spans';
import { telemetry } from '../telemetry/telemetry';
import { currentWorkflow } from './current-turn';
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
export async function trace(
  attributes: TraceAttributes,
  options: OnceOptions = {},
): Promise<boolean> {
  const { turn } = currentWorkflow('trace');
  checkObject(attributes, 'trace', 'Give an object of attributes.');
  for (const [name, value] of Object.entries(attributes)) {
    if (['string', 'number', 'boolean'].includes(typeof value)) continue;
    throw new RatchetError('WF104', `trace: '${name}' is neither text, a number nor a boolean.`, {
      detail: { option: name },
      hint: 'Turn the value into text.',
    });
  }
  const isNoted = checkOnce(options, 'trace') ? await passOnce('trace') : !turn.isOver;
  if (isNoted) addSpan(turn, attributes);
  return true;
}
