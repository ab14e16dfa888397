import test from 'ava';
import { RatchetError } from '../../driver/errors';
import { checkOptions } from '../../driver/options';

const KNOWN = ['taskQueue', 'workflowName', 'workflowId', 'expire', 'config'];

function refusal(given: unknown): RatchetError | undefined {
  try {
    checkOptions(given, KNOWN, 'start');
    return undefined;
  } catch (error) {
    return error as RatchetError;
  }
}

test('known options pass, in any number', (t) => {
  t.is(refusal({}), undefined);
  t.is(refusal({ taskQueue: 'orders', config: undefined }), undefined);
});

const TYPOS: [string, string][] = [
  ['taskqueue', 'taskQueue'],
  ['taksQueue', 'taskQueue'],
  ['task_queue', 'taskQueue'],
  ['workflowid', 'workflowId'],
  ['workflowNames', 'workflowName'],
  ['exprie', 'expire'],
  ['expires', 'expire'],
  ['conf', 'config'],
];
for (const [typo, meant] of TYPOS) {
  test(`'${typo}' is refused and '${meant}' proposed`, (t) => {
    const error = refusal({ taskQueue: 'orders', [typo]: 1 });
    t.is(error?.code, 'WF104');
    t.is(error?.message, `Unknown option of start: '${typo}'.`);
    t.is(error?.hint, `Did you mean '${meant}'?`);
    t.deepEqual(error?.detail, { where: 'start', option: typo, nearest: meant });
  });
}

test('where no name is near, all are listed', (t) => {
  const error = refusal({ priority: 1 });
  t.is(error?.hint, `Options of start are ${KNOWN.join(', ')}.`);
  t.deepEqual(error?.detail, { where: 'start', option: 'priority' });
  t.is(refusal({ ['x'.repeat(100_000)]: 1 })?.code, 'WF104');
});

for (const given of [undefined, null, 'orders', 7, [], () => undefined]) {
  test(`${JSON.stringify(given) ?? typeof given} is no options object`, (t) => {
    t.is(refusal(given)?.code, 'WF104');
    t.regex(refusal(given)?.message ?? '', /^The options of start are not an object but /);
  });
}
