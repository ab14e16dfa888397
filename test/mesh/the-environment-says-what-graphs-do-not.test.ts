import test from 'ava';
import { meshTest } from '../support/mesh';

const NAMES = ['HMSH_EXPIRE_JOB_SECONDS', 'HMSH_MAX_CYCLES'] as const;

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
});

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
