import test from 'ava';
import { DBA, Durable, type RatchetError } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;
const LONG = 'x'.repeat(513);

async function idle() {
  return 'idle';
}

type Call = (options: object) => unknown;
interface Surface {
  good: object;
  /** Each replaces fields of `good`. */
  wrong: object[];
  /** A misspelt name, and the one that is meant. */
  typo: [string, string];
}

const POLICIES = [
  ...['text', 7, [], { maximumAttempts: -1 }, { maximumAttempts: 1e10 }],
  ...[{ maximumAttempts: '1' }, { backoffCoefficient: -1 }, { backoffCoefficient: Infinity }],
  ...[{ initialInterval: 'soon' }, { maximumInterval: -1 }, { throwOnError: 'no' }],
  { maximumAtempts: 1 },
];
/** null is as good as nothing, and not among them. */
const NAMES = ['', LONG, 7, {}, 'a\nb', '\u0000', '\ud800'];
const named = (option: string) => NAMES.map((name) => ({ [option]: name }));

const EXECUTION_FLAGS = [
  ...['exclude_system', 'omit_results', 'enrich_inputs', 'allow_direct_query'],
  ...['include_lineage', 'include_stream_history'],
];

const START: Surface = {
  good: { taskQueue: 'q', workflowName: 'w' },
  wrong: [
    ...[...named('taskQueue'), ...named('workflowName'), ...named('workflowId')],
    ...[...named('namespace'), ...named('entity')],
    ...[{ args: 'x' }, { args: {} }, { args: [1n] }, { args: [() => 1] }],
    ...[{ expire: -1 }, { expire: '1' }, { expire: NaN }, { expire: 1e14 }],
    ...POLICIES.map((config) => ({ config })),
    ...[{ search: 'x' }, { search: { data: [] } }, { search: { data: { a: {} } } }],
    ...[{ search: { dat: {} } }, { search: { data: { '': 1 } } }],
    ...[{ marker: { x: 1 } }, { marker: [] }, { signalIn: 0 }, { persistent: 1 }, { pending: -1 }],
    ...[{ workflowTrace: 7 }, { workflowSpan: LONG }, { tx: {} }, { tx: 'x' }, { tx: null }],
  ],
  typo: ['workflowname', 'workflowName'],
};

const PROXY: Surface = {
  good: {},
  wrong: [
    ...named('taskQueue'),
    ...POLICIES.map((retry) => ({ retry })),
    ...POLICIES.map((retryPolicy) => ({ retryPolicy })),
    ...[{ headers: 'x' }, { headers: [] }, { activities: 'x' }],
    ...[{ startToCloseTimeout: 'soon' }, { startToCloseTimeout: -1 }, { startToCloseTimeout: {} }],
    ...[{ headers: { a: 1n } }, { argumentMetadata: 7 }, { activities: null }],
  ],
  typo: ['rety', 'retry'],
};

const WORKER: Surface = {
  good: { taskQueue: 'q', workflow: idle },
  wrong: [
    ...[...named('taskQueue'), ...named('namespace'), ...named('guid')],
    ...[
      { workflow: 'idle' },
      { workflow: {} },
      {
        workflow: (
          () => async () =>
            1
        )(),
      },
      { workflow: null },
    ],
    ...[{ activities: 'x' }, { activities: 7 }, { events: {} }, { events: { publish: 1 } }],
    ...[{ options: 'x' }, { options: { pollMs: 0 } }, { options: { leaseSeconds: 0 } }],
    ...[{ options: { maximumAttempts: 'x' } }, { workerCredentials: 'x' }],
  ],
  typo: ['workfow', 'workflow'],
};

const SCHEDULE: Surface = {
  good: { scheduleId: 's', workflow: 'idle', cron: '@daily', paused: true },
  wrong: [
    ...[...named('scheduleId'), ...named('namespace'), ...named('taskQueue')],
    ...[
      { workflow: '' },
      { cron: 'now and then' },
      { cron: 7 },
      { every: '1s' },
      { cron: undefined },
    ],
    ...[{ timezone: 'Mars/North' }, { startsAt: 'x' }, { endsAt: new Date(NaN) }],
    ...[
      { catchUp: 'some' },
      { overlap: 'none' },
      { maxRuns: 0 },
      { maxRuns: 'x' },
      { maxRuns: 1.5 },
      { paused: 'x' },
      { delay: 'x' },
      { expire: -1 },
    ],
    ...[{ catchUpWindow: 'x' }, { fromEnd: 1 }, { stopOnFailure: 'x' }, { args: 'x' }],
    ...POLICIES.map((config) => ({ config })),
  ],
  typo: ['timezon', 'timezone'],
};

/** What of the wrong options was not refused, or not as an error that says what to do. */
async function accepted(call: Call, { good, wrong, typo: [typo, meant] }: Surface) {
  const found: string[] = [];
  const told = (options: object) =>
    JSON.stringify(options, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
  for (const options of wrong) {
    try {
      await call({ ...good, ...options });
      found.push(`${told(options)} was accepted`);
    } catch (error) {
      const { code, message } = error as RatchetError;
      if (!/^WF1/.test(String(code))) found.push(`${told(options)}: ${code} ${message}`);
    }
  }
  try {
    await call({ ...good, [typo]: 1 });
    found.push(`${typo} was accepted`);
  } catch (error) {
    const { code, hint } = error as RatchetError;
    if (code !== 'WF104' || hint !== `Did you mean '${meant}'?`) found.push(`${typo}: ${hint}`);
  }
  return found;
}

test.serial('4.1, 10.4: of a start, of a child, and of a hook', async (t) => {
  const { client, connection, pool } = await durableTest(t);
  t.deepEqual(await accepted((options) => client.workflow.start(options), START), []);
  const child = { ...START, wrong: [...START.wrong, { namespace: 'other' }, { tx: pool }] };
  async function parent() {
    const call = (options: object) => workflow.startChild(options);
    return [await accepted(call, child), workflow.workflowInfo().counter];
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: parent });
  const handle = await client.workflow.start(parent, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), [[], 0]);
  t.is((await pool.query('select from ratchet.jobs')).rowCount, 1, 'nothing else was started');
});

test.serial('4, 6, 7: of a proxy, a worker, an activity worker, and a client', async (t) => {
  const { connection } = await durableTest(t);
  t.deepEqual(await accepted((options) => workflow.proxyActivities(options), PROXY), []);
  const create = (options: object) => Durable.Worker.create({ connection, ...options } as never);
  t.deepEqual(await accepted(create, WORKER), []);
  const good = { taskQueue: 'q' };
  const wrong = WORKER.wrong.filter((each) => !('workflow' in each || 'activities' in each));
  const register = (options: object) =>
    Durable.registerActivityWorker({ connection, ...options }, {});
  const served: Surface = { good, wrong, typo: ['taskqueue', 'taskQueue'] };
  t.deepEqual(await accepted(register, served), []);
  for (const activities of ['x', 7, null, undefined]) {
    const call = Durable.registerActivityWorker({ connection }, activities as never);
    await t.throwsAsync(call, { code: 'WF104' });
  }
  const construct = (options: object) => new Durable.Client({ connection, ...options });
  const client: Surface = {
    good: {},
    wrong: [{ events: 1 }, { events: {} }, { install: 1 }, { notifications: 'x' }],
    typo: ['event', 'events'],
  };
  t.deepEqual(await accepted(construct, client), []);
});

test.serial('of a schedule', async (t) => {
  const { client } = await durableTest(t);
  const create = (options: object) => client.schedule.create(options as never);
  t.deepEqual(await accepted(create, SCHEDULE), []);
  t.deepEqual(await client.schedule.list(), []);
});

test.serial('5: of a handle', async (t) => {
  const { client } = await durableTest(t);
  const options = { taskQueue: 'nobody', workflowName: 'w', workflowId: 'handled' };
  const handle = await client.workflow.start(options);
  const calls: Record<string, [Call, Surface]> = {
    result: [
      (given) => handle.result(given),
      {
        good: {},
        wrong: [{ throwOnError: 'no' }, { throwOnError: null }, { state: 1 }],
        typo: ['throwOnErr', 'throwOnError'],
      },
    ],
    cancel: [
      (given) => handle.cancel(given),
      { good: {}, wrong: [{ tx: {} }], typo: ['txx', 'tx'] },
    ],
    signal: [
      (given) => handle.signal('s', 1, given),
      {
        good: {},
        wrong: [{ expire: 'x' }, { expire: -1 }, ...named('dedupId'), { tx: 1 }],
        typo: ['expires', 'expire'],
      },
    ],
    export: [
      (given) => handle.export(given),
      {
        good: {},
        wrong: [
          ...['allow', 'block'].flatMap((option) => [
            ...[{ [option]: 'data' }, { [option]: ['dat'] }, { [option]: [1] }],
            ...[{ [option]: [undefined] }, { [option]: {} }, { [option]: 7 }],
          ]),
          ...[{ values: 1 }, { values: 'false' }, { enrich_inputs: 'yes' }],
        ],
        typo: ['alow', 'allow'],
      },
    ],
    exportExecution: [
      (given) => handle.exportExecution(given),
      {
        good: {},
        wrong: [
          ...[{ mode: 'loud' }, { mode: 1 }, { max_depth: -1 }, { max_depth: 'x' }],
          ...[{ max_depth: 1.5 }, { max_depth: 101 }, { max_depth: NaN }],
          ...EXECUTION_FLAGS.flatMap((flag) => [{ [flag]: 1 }, { [flag]: 'true' }]),
        ],
        typo: ['omit_result', 'omit_results'],
      },
    ],
  };
  const terminate: Surface = {
    good: {},
    wrong: [
      ...[{ reason: 1 }, { stack: {} }, { throw: 0 }, { suppress: 'yes' }, { descend: 1 }],
      ...[{ code: '410' }, { code: 1.5 }, { code: -1 }, { code: 2 ** 31 }, { code: NaN }],
      ...[{ expire: '1s' }, { expire: -1 }, { expire: 1e14 }, { tx: {} }],
    ],
    typo: ['reson', 'reason'],
  };
  calls['terminate'] = [(given) => handle.terminate(given), terminate];
  calls['interrupt'] = [(given) => handle.hotMesh.interrupt('t', 'handled', given), terminate];
  for (const [name, [call, surface]] of Object.entries(calls)) {
    for (const given of ['x', 7, null, []]) {
      // A signal takes how long it is kept as well.
      if (name === 'signal' && given === 7) continue;
      await t.throwsAsync(
        async () => call(given as object),
        { message: /not an object|Invalid expire/ },
        `${name} ${JSON.stringify(given)}`,
      );
    }
    t.deepEqual(await accepted(call, surface), [], name);
  }
  for (const bad of NAMES) {
    t.throws(() => client.workflow.getHandle('q', 'w', bad as never));
    if (bad !== undefined) t.throws(() => client.workflow.getHandle('q', 'w', 'i', bad as never));
    await t.throwsAsync(async () => client.workflow.signal(bad as never));
    if (bad) await t.throwsAsync(async () => client.getHotMeshClient(bad as never));
  }
  for (const fields of [undefined, 'color', [1], {}, ['\u0000']]) {
    const error = await t.throwsAsync<RatchetError>(handle.queryState(fields as never));
    t.regex(error?.code ?? '', /^WF10[45]$/, JSON.stringify(fields));
  }
  t.is(await handle.status(), 1);
});

test.serial('23: DBA.prune names what it does not know', async (t) => {
  const { connection } = await durableTest(t);
  const prune = (options: object) => DBA.prune({ appId: 'durable', connection, ...options });
  const surface: Surface = {
    good: {},
    wrong: [{ expire: 'soon' }, { jobs: 1 }, { entities: 'x' }, { appId: '' }],
    typo: ['entites', 'entities'],
  };
  t.deepEqual(await accepted(prune, surface), []);
});
