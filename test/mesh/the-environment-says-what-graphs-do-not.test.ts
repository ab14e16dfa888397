import test from 'ava';
import { HotMesh } from '../../driver';
import { meshTest } from '../support/mesh';

const NAMES = [
  ...(['HMSH_EXPIRE_JOB_SECONDS', 'HMSH_EXPIRE_DURATION', 'HMSH_MAX_CYCLES'] as const),
  ...(['HMSH_GUID_SIZE', 'HMSH_OTT_WAIT_TIME', 'HMSH_LOGLEVEL'] as const),
];

const YAML = `
app:
  id: shop
  version: 1
  graphs:
    - subscribes: plain
      activities:
        a: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        b: { type: await, topic: child, input: { maps: { id: '{a.output.data.child}' } } }
      transitions: { a: [{ to: b }] }
    - subscribes: child
      activities:
        c: { type: trigger, stats: { id: '{$self.input.data.id}' } }
    - subscribes: waits
      activities:
        w: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        hold: { type: hook, sleep: 1000 }
      transitions: { w: [{ to: hold }] }
    - subscribes: said
      expire: 90
      activities:
        d: { type: trigger, stats: { id: '{$self.input.data.id}' } }
    - subscribes: round
      activities:
        start: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        pivot:
          type: hook
          output: { maps: { n: 1 } }
          job: { maps: { n: '{$self.output.data.n}' } }
        again:
          type: cycle
          ancestor: pivot
          input: { maps: { n: { '@pipe': [['{pivot.output.data.n}', 1], ['{@math.add}']] } } }
        last: { type: hook }
      transitions:
        start: [{ to: pivot }]
        pivot:
          - to: again
            conditions:
              match:
                - expected: true
                  actual: { '@pipe': [['{pivot.output.data.n}', 3], ['{@conditional.less_than}']] }
          - to: last
            conditions: { match: [{ expected: 3, actual: '{pivot.output.data.n}' }] }
`;

test.serial('10: HMSH_EXPIRE_JOB_SECONDS is for how long jobs are kept, unless told', async (t) => {
  t.teardown(() => NAMES.forEach((name) => delete process.env[name]));
  const { running, pool } = await meshTest(t);
  const mesh = await running(YAML);
  const kept = async (topic: string, id: string) => {
    const { metadata } = await mesh.pubsub(topic, { id, child: `${id}-child` });
    t.false('expire' in metadata);
    const { rows } = await pool.query<{ kept: string }>(
      'select expire_seconds as kept from ratchet.jobs where key like $1 order by key',
      [`${id}%`],
    );
    return rows.map((row) => Number(row.kept));
  };
  t.deepEqual(await kept('plain', 'p0'), [1, 1]);
  process.env['HMSH_EXPIRE_JOB_SECONDS'] = '40';
  t.deepEqual(await kept('plain', 'p1'), [40, 40], 'also its child');
  t.deepEqual(await kept('said', 's1'), [90], 'the graph says');
  process.env['HMSH_EXPIRE_JOB_SECONDS'] = '0';
  t.deepEqual(await kept('said', 's2'), [90]);
  t.deepEqual(await kept('child', 'c2'), [1e10], '0 is for good');
  process.env['HMSH_EXPIRE_JOB_SECONDS'] = 'soon';
  t.deepEqual(await kept('child', 'c3'), [1], 'a warning says so');
  process.env['HMSH_EXPIRE_DURATION'] = '50';
  t.deepEqual(await kept('child', 'c4'), [50], 'its other name');
});

test.serial('10: HMSH_GUID_SIZE is the length of ids', async (t) => {
  t.teardown(() => NAMES.forEach((name) => delete process.env[name]));
  t.regex(HotMesh.guid(), /^H[\w-]{22}$/);
  process.env['HMSH_GUID_SIZE'] = '32';
  t.regex(HotMesh.guid(), /^H[\w-]{32}$/);
  t.not(HotMesh.guid(), HotMesh.guid());
  process.env['HMSH_GUID_SIZE'] = '3';
  t.regex(HotMesh.guid(), /^H[\w-]{22}$/, 'too short to be unique: a warning says so');
});

test.serial(
  '10: HMSH_OTT_WAIT_TIME ends a pubsub, HMSH_LOGLEVEL is for who says none',
  async (t) => {
    t.teardown(() => NAMES.forEach((name) => delete process.env[name]));
    const { running, connection } = await meshTest(t);
    const mesh = await running(YAML);
    process.env['HMSH_OTT_WAIT_TIME'] = '1';
    const rejected = await mesh.pubsub('waits', { id: 'w' }).then(
      () => undefined,
      (error: unknown) => error,
    );
    t.deepEqual(rejected, { code: 504, message: 'timeout', job_id: 'w' });
    t.is(await mesh.getStatus('w'), 1, 'the job goes on');

    process.env['HMSH_LOGLEVEL'] = 'error';
    const { logger } = await HotMesh.init({ appId: 'shop', engine: { connection } });
    const lines: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
    logger.warn('hidden');
    logger.error('shown');
    process.stderr.write = write;
    t.deepEqual(
      lines.map((line) => (JSON.parse(line) as { message: string }).message),
      ['shown'],
    );
  },
);

test.serial('10: HMSH_MAX_CYCLES is how often an activity is entered at most', async (t) => {
  t.teardown(() => NAMES.forEach((name) => delete process.env[name]));
  const { running } = await meshTest(t);
  const mesh = await running(YAML);
  process.env['HMSH_MAX_CYCLES'] = '3';
  t.deepEqual((await mesh.pubsub('round', { id: 'r3' })).data, { n: 3 });
  process.env['HMSH_MAX_CYCLES'] = '2';
  await mesh.pub('round', { id: 'r2' });
  const { metadata } = await mesh.getState('round', 'r2');
  t.like(JSON.parse(metadata.err ?? '{}'), {
    ...{ code: 598, activity: 'pivot' },
    message: 'pivot was entered 2 times; the loop has no end',
  });
  t.is(metadata.js, 0);
});
