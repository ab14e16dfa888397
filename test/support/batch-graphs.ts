import type { Batch } from './batch';
import type { Report } from './engine';
import { byJob, type Graph } from './graph';

/** Goes through all that a job waits for: workers, a sleep, a child, a signal with a task. */
const whole: Graph = {
  subscribes: 'whole',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    first: {
      type: 'worker',
      topic: 'first',
      input: { maps: { id: '{start.output.data.id}' } },
      job: { maps: { first: '{$self.output.data.told}' } },
    },
    second: { type: 'worker', topic: 'second' },
    pause: { type: 'hook', sleep: '{start.output.data.sleep}' },
    call: { type: 'await', topic: 'part', job: { maps: { sum: '{$self.output.data.sum}' } } },
    wait: { type: 'hook', escalation: { role: 'clerk', description: '{start.output.data.id}' } },
    end: { type: 'hook', job: { maps: { end: '{first.output.data.told}' } } },
  },
  transitions: {
    start: [{ to: 'first' }],
    first: [{ to: 'second' }],
    second: [{ to: 'pause', conditions: { code: [200, 500, 598] } }],
    pause: [{ to: 'call' }],
    call: [{ to: 'wait' }],
    wait: [{ to: 'end' }],
  },
  hooks: { go: byJob('wait') },
};

const part: Graph = {
  subscribes: 'part',
  activities: {
    begin: { type: 'trigger' },
    work: { type: 'hook', job: { maps: { sum: 7 } } },
  },
  transitions: { begin: [{ to: 'work' }] },
};

const add = { '@pipe': [['{pivot.output.data.n}', 1], ['{@math.add}']] };
const limit = '{enter.output.data.limit}';
const isLess = { '@pipe': [['{pivot.output.data.n}', limit], ['{@conditional.less_than}']] };

/** Goes round as often as it is told, in one call. */
const round: Graph = {
  subscribes: 'round',
  activities: {
    enter: { type: 'trigger' },
    pivot: { type: 'hook', output: { maps: { n: 1 } } },
    body: { type: 'hook', job: { maps: { n: '{pivot.output.data.n}' } } },
    again: { type: 'cycle', ancestor: 'pivot', input: { maps: { n: add } } },
  },
  transitions: {
    enter: [{ to: 'pivot' }],
    pivot: [{ to: 'body' }],
    body: [{ to: 'again', conditions: { match: [{ expected: true, actual: isLess }] } }],
  },
};

export const documents = [whole, part, round];

/** Workers of a batch serve the topics, and go on with the graphs of an app. */
async function register(batch: Batch, app: string) {
  const namespace = `hmsh:${app}`;
  const routes = [
    { namespace, queue: '$graph', workflow: '$graph' },
    ...['first', 'second'].map((queue) => ({ namespace, queue })),
  ];
  const values = ['graphs', JSON.stringify(routes)];
  batch.worker = await batch.sql.value('select ratchet.register_worker($1, $2, 3600)', values);
}

/** Publishes a batch in one statement; returns the ids. */
async function publish(batch: Batch, app: string, what: string, sleep: number) {
  const ids = batch.ids(what);
  const text = `select ratchet.publish('whole', json_build_object('id', id, 'sleep', $3::int), $1)
    from unnest($2::text[]) id`;
  await batch.rows(`publish of ${what}`, text, [app, ids, sleep]);
  return ids;
}

const run = (batch: Batch, label: string, app: string) =>
  batch.rows(label, `select ratchet.run_graphs($1, 'hmsh', 1000000)`, [app]);

/** Claims a batch of activities; a batch that got fewer would measure nothing. */
async function claim(batch: Batch, label: string, reports: Report['reports'] = []) {
  const claimed = await batch.exchange(label, { activities: batch.size, reports });
  const work = claimed.filter((row) => row.name !== null);
  if (work.length !== batch.size) throw new Error(`${label}: ${work.length} of ${batch.size}`);
  return work.map(({ job_id: job, address, position, attempt }) => {
    return { job, address, position, attempt, value: { told: 'x'.repeat(20) } };
  });
}

/** Many jobs of a graph, from their publication to when they are pruned. */
export async function lifeOfGraphs(batch: Batch, app: string) {
  await register(batch, app);
  const ids = await publish(batch, app, 'graphs', 0);
  const first = await claim(batch, 'claim of the first workers');
  const second = await claim(batch, 'the first workers answer', first);
  const failed = second.map((report) => ({ ...report, failed: true, code: 598 }));
  await batch.exchange('the second workers fail', { reports: failed });
  await run(batch, 'sleeps and children', app);
  await run(batch, 'what is left', app);
  const space = `hmsh:${app}`;
  await batch.call('watch_jobs', [space, ids]);
  const half = ids.slice(0, Math.ceil(ids.length / 2));
  await batch.rows(
    'signals',
    `select ratchet.signal_topic('go', json_build_object('id', id), $1)
      from unnest($2::text[]) id`,
    [app, half],
  );
  await run(batch, 'signals find their hooks', app);
  await batch.rows('interrupts', `select ratchet.interrupt(id, $1) from unnest($2::text[]) id`, [
    app,
    ids.slice(half.length),
  ]);
  const states = 'select ratchet.graph_state(id, $1) from unnest($2::text[]) id';
  await batch.rows('states', states, [app, ids]);
  const over = await batch.sql.rows(
    'select id from ratchet.jobs where namespace = $1 and key = any ($2) and status <= 0',
    [space, ids],
  );
  const passes = `select ratchet.publish('round', json_build_object('limit', $2::int), $1)`;
  await batch.rows('passes of one job', passes, [app, ids.length]);
  if (over.length !== ids.length) throw new Error(`${over.length} of ${ids.length} are over`);
  await batch.sql.rows('select ratchet.unregister_worker($1)', [batch.worker]);
  return batch.life;
}

/** Many jobs of a graph that stay: with a worker, asleep, or waiting for a signal. */
export async function halfLifeOfGraphs(batch: Batch, app: string) {
  await register(batch, app);
  for (const [what, sleep] of [
    ['waiting', 0],
    ['asleep', 1e6],
  ] as const) {
    await publish(batch, app, what, sleep);
    const first = await claim(batch, `${what}: first`);
    const second = await claim(batch, `${what}: second`, first);
    await batch.exchange(`${what}: done`, { reports: second });
    await run(batch, `${what}: run`, app);
    await run(batch, `${what}: signals are looked at`, app);
  }
  await publish(batch, app, 'working', 0);
  await claim(batch, 'working: first');
}
