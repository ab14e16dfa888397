import test from 'ava';
import { Durable, RatchetError } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

const ID = '00000000-0000-4000-8000-000000000000';
const NUL = 'a\0b';
const MINUTES = ['x', '5', NaN, Infinity, 0, -1, {}, null];
const TEXT = [5, {}, [], null, true, NUL];
const NAMES = [...TEXT, ''];
const WHOLE = ['5', 'x', 1.5, NaN, 1e300, {}, null];
const LISTS = ['x', 5, {}, null, [5], [null], [{}]];
const OBJECTS = ['x', 5, [], null, new Date(), { a: NUL }];

/** A call, what is right, and of each option what is wrong. */
const CALLS: [string, object, Record<string, unknown[]>][] = [
  [
    'claim',
    { id: ID, assignee: 'a' },
    { id: [undefined, ...NAMES], assignee: [undefined, ...NAMES], durationMinutes: MINUTES },
  ],
  [
    'claimMany',
    { ids: [], assignee: 'a' },
    { ids: [undefined, ...LISTS], assignee: [undefined, ...NAMES], durationMinutes: MINUTES },
  ],
  [
    'claimByMetadata',
    { key: 'k', value: 1, assignee: 'a' },
    {
      key: [undefined, ...NAMES],
      value: [NUL],
      assignee: [undefined, 5],
      durationMinutes: MINUTES,
      roles: LISTS,
      metadata: OBJECTS,
    },
  ],
  ['release', { id: ID }, { id: [undefined, 5], assignee: NAMES }],
  ['resolve', { id: ID }, { id: [undefined, 5], metadata: OBJECTS, assertClaim: NAMES }],
  [
    'resolveByMetadata',
    { key: 'k', value: 1 },
    { key: [undefined, 5], value: [NUL, { a: '\ud800' }], roles: LISTS, metadata: OBJECTS },
  ],
  ['resolveMany', { ids: [] }, { ids: [undefined, ...LISTS], metadata: OBJECTS }],
  [
    'resolveAllOrNone',
    { items: [] },
    {
      items: [undefined, ...LISTS, [{ id: 'x' }], [{ id: ID, payload: 1 }]],
      metadata: OBJECTS,
      assertAssignee: NAMES,
    },
  ],
  [
    'escalateToRole',
    { id: ID, targetRole: 'r' },
    { id: [undefined], targetRole: [undefined, ...NAMES] },
  ],
  [
    'escalateManyToRole',
    { ids: [], targetRole: 'r' },
    { ids: [undefined, ...LISTS], targetRole: [undefined, 5] },
  ],
  [
    'updateManyPriority',
    { ids: [], priority: 1 },
    { ids: [undefined, ...LISTS], priority: [undefined, ...WHOLE, 3e9] },
  ],
  [
    'appendMilestones',
    { id: ID, milestones: [] },
    { id: [undefined], milestones: [undefined, ...LISTS.slice(0, 6)] },
  ],
  ['stats', {}, { roles: LISTS, period: ['x', {}, NaN] }],
  [
    'prune',
    { olderThan: '1h' },
    { olderThan: [undefined, {}], statuses: LISTS, namespace: TEXT, limit: WHOLE },
  ],
  [
    'list',
    {},
    {
      limit: WHOLE,
      offset: WHOLE,
      role: TEXT,
      roles: LISTS,
      ids: LISTS,
      metadata: OBJECTS,
      available: ['yes', 1, null],
      priority: [...WHOLE, () => 1],
      status: [...TEXT, 'open'],
      namespace: TEXT,
      sortBy: [...TEXT, 'id'],
      sortOrder: ['up', 'asc'],
      orderBy: [...LISTS, [{ column: 'id' }], [{ column: 'role', direction: 'up' }]],
    },
  ],
  ['count', {}, { role: [() => 1, null], roles: [NaN], priority: [NaN], limit: WHOLE }],
  [
    'create',
    {},
    {
      role: NAMES,
      description: TEXT,
      priority: [...WHOLE, 3e9],
      metadata: OBJECTS,
      envelope: [NUL],
      expiresAt: ['soon', null],
    },
  ],
  ['update', { id: ID }, { id: [undefined, 5], priority: [...WHOLE, 3e9], metadata: OBJECTS }],
  [
    'migrate',
    { id: ID },
    { id: [undefined, 5], status: [NaN, null, 'open'], milestones: [NaN, 'x'] },
  ],
];

test.serial('15.3 a wrong option is refused by its name, whatever it is', async (t) => {
  const { client } = await durableTest(t);
  const tasks = client.escalations as unknown as Record<string, (given?: unknown) => unknown>;
  for (const [call, right, options] of CALLS) {
    const run = async (given: unknown) => tasks[call]?.call(tasks, given);
    for (const [option, values] of Object.entries(options)) {
      for (const value of values) {
        const name = `${call} ${option} ${String(value === null ? null : typeof value)}`;
        const wrong = run({ ...right, [option]: value });
        const error = await t.throwsAsync(wrong, { instanceOf: RatchetError }, name);
        t.regex(error?.code ?? '', /^WF1/, name);
        t.true(`${error?.message} ${JSON.stringify(error?.detail)}`.includes(option), name);
      }
    }
    for (const given of [null, 5, 'text']) {
      await t.throwsAsync(run(given), { code: 'WF104' }, `${call} of ${typeof given}`);
    }
  }
});

test.serial('15.3 wrong ids and namespaces beside them are refused', async (t) => {
  const { client } = await durableTest(t);
  const tasks = client.escalations;
  for (const call of [tasks.get.bind(tasks), tasks.cancel.bind(tasks)]) {
    await t.throwsAsync(call(5 as never), { code: 'WF104' });
    await t.throwsAsync(call(ID, 5 as never), { code: 'WF101' });
  }
  await t.throwsAsync(tasks.getBySignalKey('k', {} as never), { code: 'WF101' });
  await t.throwsAsync(tasks.cancel(ID, undefined, null as never), { code: 'WF104' });
});

test.serial('15.1 a wait refuses the priority that a task refuses', async (t) => {
  const { client, connection } = await durableTest(t);
  const codes = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const priority of [3e9, 1e300, 1.5, NaN]) {
      const wait = async () => Durable.workflow.condition('p', { priority, timeout: 1 });
      found.push(await wait().catch((error: { code: string }) => error.code));
    }
    return [...found, await Durable.workflow.condition('p', { priority: -5, timeout: 1 })];
  };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { codes } });
  const start = { workflowName: 'codes', taskQueue: 'q', config: { ...AT_ONCE } };
  const handle = await client.workflow.start(start);
  t.deepEqual(await handle.result(), ['WF104', 'WF104', 'WF104', 'WF104', false]);
});
