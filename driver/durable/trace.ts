import { RatchetError } from '../errors';
import { log } from '../log';
import { currentWorkflow } from './current-turn';
import { checkObject, checkOnce, passOnce, type OnceOptions } from './events';

/** What a span may be told: text, a number, true or false. */
export type TraceAttributes = Record<string, string | number | boolean>;

/** The one place where a trace of a workflow leaves the process. */
function addSpan(workflowId: string, attributes: TraceAttributes): void {
  log('debug', `trace of ${workflowId}: ${JSON.stringify(attributes)}`);
}

/**
 * Notes attributes of this moment for whoever observes the workflow. Resolves to true.
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
  if (isNoted) addSpan(turn.work.workflowId, attributes);
  return true;
}
