import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  HotMesh,
  RatchetError,
  type GraphProblem,
  type HotMeshConfig,
  type SystemEvent,
} from '../../driver';
import { meshTest } from '../support/mesh';
import { temporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

const GOOD = 'activities:\n  t: { type: trigger }\n';
const BAD = `# an order
activities:
  t:
    type: trigger
  check:
    type: worker
    topik: inventory.check
transitions:
  t:
    - to: check
    - to: chekc
`;

async function refusal(promise: Promise<unknown>): Promise<RatchetError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RatchetError) return error;
  throw new Error(`No RatchetError: ${String(error)}`);
}

test.serial('every problem of YAML text comes with activity, path, line and column', async (t) => {
  const { init, pool } = await meshTest(t);
  const mesh = await init();
  const error = await refusal(mesh.deploy(BAD));
  t.is(error.code, 'WF106');
  t.is(error.message.split('\n').length, 3, error.message);
  t.regex(error.message, /5:3 activities\.check \(check\): the worker has no topic/);
  const [, , second = ''] = error.message.split('\n');
  t.true(second.startsWith('  11:7 transitions.t.1.to (t): transition to the unknown'), second);
  t.true(second.endsWith(' "chekc". Did you mean "check"?'), second);
  const problems = error.detail?.['problems'] as GraphProblem[];
  t.like(problems[0], { path: ['activities', 'check'], activity: 'check', line: 5, column: 3 });
  const { rows } = await pool.query('select from ratchet_internal.graph_versions');
  t.is(rows.length, 0, 'nothing was kept');
});

test.serial('what a problem does not say is left out, and sentences end once', async (t) => {
  const { init } = await meshTest(t);
  const mesh = await init();
  const call = "h: { type: hook, job: { maps: { x: { '@pipe': [[1], ['{@no.fn}']] } } } }";
  for (const [text, lines] of [
    ['activities:\n  h: { type: hook }\n', /^ {2}1:1 activities: [^.]+\. Exactly [^.]+\.$/],
    [
      `${GOOD}  ${call}\ntransitions: { t: [{ to: h }] }\n`,
      /^ {2}3:\d+ \S+ \(h\): There is no function "no.fn"\.$/,
    ],
  ] as const) {
    const { message, detail } = await refusal(mesh.deploy(text));
    t.regex(message.split('\n')[1] ?? '', lines);
    t.notRegex(message, /null|\.\./);
    for (const problem of detail?.['problems'] as object[]) {
      t.false(Object.values(problem).includes(null), JSON.stringify(problem));
    }
  }
});

test.serial('in files the problem is in the file that has it', async (t) => {
  const { init } = await meshTest(t);
  const mesh = await init();
  const app = "app:\n  id: shop\n  graphs:\n    - $ref: 'g.yaml'\n";
  const folder = temporaryFolder({ 'app.yaml': app, 'g.yaml': BAD });
  const error = await refusal(mesh.deploy(join(folder, 'app.yaml')));
  t.regex(error.message, /g\.yaml:5:3 app\.graphs\.0\.activities\.check \(check\)/);
  writeFileSync(join(folder, 'g.yaml'), GOOD);
  const manifest = await mesh.deploy(join(folder, 'app.yaml'));
  t.like(manifest, { app: 'shop', version: '1', warnings: [] });
});

test.serial('warnings are logged and returned with their places', async (t) => {
  const { init } = await meshTest(t);
  const logged: unknown[] = [];
  const note = (_message: string, detail?: object) => void logged.push(detail);
  const logger = { debug: note, info: note, warn: note, error: note };
  const mesh = await init([], { logger });
  const { warnings } = await mesh.deploy(
    `${GOOD}  h: { type: hook, slepe: 1 }\ntransitions: { t: [{ to: h }] }\n`,
  );
  t.like(warnings, [{ message: 'unknown option "slepe"', line: 3, activity: 'h' }]);
  t.deepEqual(logged, [
    { reason: '3:20 activities.h.slepe (h): unknown option "slepe". Did you mean "sleep"?' },
  ]);
});

test.serial('text that is no YAML, no path and no document is refused', async (t) => {
  const { init } = await meshTest(t);
  const mesh = await init();
  t.regex((await refusal(mesh.deploy('a: [1\nb: 2\n'))).message, /Invalid graph:\n {2}\d+:\d+: /);
  t.regex((await refusal(mesh.deploy('./nothing.yaml'))).message, /cannot be read/);
  t.is((await refusal(mesh.deploy(''))).code, 'WF104');
  t.is((await refusal(mesh.deploy(7 as never))).code, 'WF104');
  t.regex(
    (await refusal(mesh.deploy('# only a comment\n'))).message,
    /null and should be an object/,
  );
  t.regex((await refusal(mesh.deploy(`app: { id: other }\n`))).message, /of app "other"/);
});

test.serial(
  'a version that does not exist is not activated; nor is one by its deployment',
  async (t) => {
    const { init } = await meshTest(t);
    const mesh = await init();
    const error = await t.throwsAsync(mesh.activate('7'));
    t.is(error?.message, 'Version 7 does not exist for app shop');
    await mesh.deploy(GOOD);
    await t.throwsAsync(mesh.pub('any'), { message: /no active version|no subscription/ });
    t.true(await mesh.activate('1'));
    t.is(typeof (await mesh.pub('any')), 'string');
    await t.throwsAsync(mesh.activate('1.1'));
    t.is(typeof (await mesh.pub('any')), 'string', 'the active version stays');
  },
);

test.serial('two instances deploy and activate the same version at once', async (t) => {
  const { init } = await meshTest(t);
  const meshes = [await init(), await init()];
  const rounds = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const mesh = meshes[index % 2] as HotMesh;
      await mesh.deploy(GOOD);
      return mesh.activate('1');
    }),
  );
  t.true(rounds.every(Boolean));
  t.is((await meshes[0]?.pubsub('any', {}))?.metadata.vrs, '1');
});

test.serial('a configuration that cannot work is refused by its field', async (t) => {
  const { connection } = await meshTest(t);
  const engine = { connection };
  const worker = { topic: 'x', connection, callback: async () => undefined };
  const bad: [config: unknown, message: RegExp][] = [
    [{ appId: 'a b', engine }, /config\.appId \[a b\] is invalid/],
    [{ appId: 'a', engine }, /config\.appId \[a\] is reserved/],
    [{ engine }, /config\.appId \[undefined\] is invalid/],
    [{ appId: 'x', namespace: 'n_s', engine }, /config\.namespace \[n_s\] is invalid/],
    [{ appId: 'x' }, /neither an engine nor workers/],
    [{ appId: 'x', engine: {} }, /connection is missing/],
    [{ appId: 'x', engine, logLevel: 'loud' }, /There is no log level "loud"/],
    [{ appId: 'x', engine, workers: [{ ...worker, topic: '' }] }, /no topic/],
    [{ appId: 'x', engine, workers: [{ ...worker, callback: 1 }] }, /no callback/],
    [
      { appId: 'x', engine, workers: [{ ...worker, retry: { maximumAttempts: 0 } }] },
      /maximumAttempts is 0/,
    ],
    [
      { appId: 'x', engine, workers: [{ ...worker, retryPolicy: { maximumInterval: 'soon' } }] },
      /maximumInterval/,
    ],
  ];
  for (const [config, message] of bad) {
    await t.throwsAsync(HotMesh.init(config as HotMeshConfig), { message });
  }
});

test.serial('a worker-only instance says that it has no engine', async (t) => {
  const { connection } = await meshTest(t);
  const callback = async () => undefined;
  const mesh = await HotMesh.init({
    appId: 'shop',
    workers: [{ topic: 'x', connection, callback }],
  });
  await t.throwsAsync(mesh.pub('any'), { message: /workers only/ });
  await t.throwsAsync(mesh.deploy(GOOD), { message: /workers only/ });
});

test.serial('1, 10: lines of log are JSON, from a level upwards, with the label', async (t) => {
  const { init } = await meshTest(t);
  const mesh = await init([], { guid: 'g7', name: 'till 4', logLevel: 'warn' });
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  mesh.logger.info('too low');
  mesh.logger.warn('too-hot', { degrees: 40 });
  process.stderr.write = write;
  t.is(lines.length, 1);
  const { ts, ...line } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  t.deepEqual(line, {
    ...{ level: 'warn', message: 'too-hot', app: 'shop', id: 'g7', name: 'till 4', degrees: 40 },
  });
  t.regex(String(ts), /^\d{4}-.*Z$/);
});

test.serial('system events tell of starts, deployments and stops', async (t) => {
  const { init } = await meshTest(t);
  const events: SystemEvent[] = [];
  const sink = { publish: (event: SystemEvent) => void events.push(event) };
  const mesh = await init([], { guid: 'g1', events: sink });
  await mesh.deploy(GOOD);
  await mesh.activate('1');
  await mesh.stop();
  t.deepEqual(
    events.map(({ type, data }) => [type, data]),
    [
      ['system.engine.shop.started', { appId: 'shop', guid: 'g1' }],
      ['system.engine.shop.deployed', { appId: 'shop' }],
      ['system.engine.shop.deployed', { appId: 'shop' }],
      ['system.engine.shop.stopped', { appId: 'shop', guid: 'g1' }],
    ],
  );
  t.regex(events[0]?.event_id ?? '', /^shop:started:\d{4}-/);
  const quiet = await init([], {
    events: { publish: () => Promise.reject(new Error('sink')) },
    logLevel: 'silent',
  });
  t.is(typeof quiet.guid, 'string', 'a sink that fails fails nothing');
});

const TASKS = `
subscribes: asked
activities:
  t: { type: trigger, stats: { id: '{$self.input.data.id}' } }
  ask: { type: hook, sleep: '{t.output.data.sleep}', escalation: { role: clerk } }
transitions: { t: [{ to: ask }] }
hooks:
  answered:
    - to: ask
      conditions:
        match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }]
`;

test.serial('system events tell of the tasks of an app, whoever changes them', async (t) => {
  const { init } = await meshTest(t);
  const events: SystemEvent[] = [];
  const events2: SystemEvent[] = [];
  const sink = (told: SystemEvent[]) => ({
    publish: (event: SystemEvent) =>
      void (event.type.startsWith('system.escalation.') && told.push(event)),
  });
  const silent = await init();
  const mesh = await init([], { events: sink(events) });
  await init([], { appId: 'other', events: sink(events2) });
  await silent.deploy(TASKS);
  await silent.activate('1');
  await silent.pub('asked', { id: 'over', sleep: 0.3 });
  await silent.pub('asked', { id: 'stopped', sleep: 600 });
  await silent.interrupt('asked', 'stopped');
  const verbs = (id: string) =>
    events.flatMap(({ workflow_id, type }) => (workflow_id === id ? type.split('.')[3] : []));
  await waitFor('all is told', () => events.length === 4);
  t.deepEqual(verbs('over'), ['created', 'expired']);
  t.deepEqual(verbs('stopped'), ['created', 'cancelled']);
  for (const { event_id, type, ts, data, ...rest } of events) {
    const [, , id, verb] = type.split('.');
    t.is(event_id, `${id}:${verb}:${ts}`);
    t.like(rest, { namespace: 'hmsh', app_id: 'shop' });
    t.like(data, { id, role: 'clerk', status: verb === 'created' ? 'pending' : verb });
    t.true(data['updated_at'] instanceof Date);
  }
  await mesh.stop();
  t.deepEqual(events2, []);
});
