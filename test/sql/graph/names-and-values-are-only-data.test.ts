import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';

const sql = engine();

const HOSTILE = [
  `'; drop table ratchet.jobs; --`,
  'a $$ || $1 || $$',
  '"}{\\',
  'C:\\users\\u0041\\ud800',
  '%s%I%L',
  '{a.b}',
  'ü😀 \u2028',
  'x'.repeat(400),
];

test.serial('hostile ids, topics, keys and values come back as they went in', async (t) => {
  for (const text of HOSTILE) {
    const app = await graphApp(sql, {
      subscribes: text,
      publishes: text,
      activities: {
        start: {
          type: 'trigger',
          entity: '{$self.input.data.text}',
          stats: {
            id: '{$self.input.data.text}',
            key: '{$self.input.data.text}',
            measures: [{ measure: 'count', target: '{$self.input.data.text}' }],
          },
          job: { maps: { [text]: '{$self.output.data.text}' } },
        },
        ask: {
          type: 'worker',
          topic: '{start.output.data.text}',
          job: { maps: { said: '{$self.output.data.text}' } },
        },
        hold: { type: 'hook', job: { maps: { got: '{$self.hook.data.text}' } } },
      },
      transitions: { start: [{ to: 'ask' }], ask: [{ to: 'hold' }] },
      hooks: { [text]: byJob('hold') },
    });
    const worker = await app.worker([text]);
    await app.publish(text, { text }, { search: { [text]: text }, marker: { [`-${text}`]: text } });
    await app.work(worker, () => ({ data: { text } }));
    await app.signal(text, { id: text, text });
    await app.run();
    const state = await app.state(text);
    t.deepEqual([state.status, state.data], [0, { [text]: text, said: text, got: text }]);
    t.is(state.metadata['key'], text);
    t.is(
      await sql.value(
        `select value from ratchet_internal.graph_facts where space = $1 and measure = 'count'`,
        [app.space],
      ),
      text,
    );
  }
});

test.serial('a hook waits under a key of any length', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'long',
    activities: {
      start: { type: 'trigger', stats: { id: 'long' } },
      hold: { type: 'hook', job: { maps: { n: '{$self.hook.data.n}' } } },
    },
    transitions: { start: [{ to: 'hold' }] },
    hooks: {
      ['😀'.repeat(500)]: [
        {
          to: 'hold',
          conditions: {
            match: [{ expected: '{start.output.data.key}', actual: '{$self.hook.data.key}' }],
          },
        },
      ],
    },
  });
  const key = Array.from({ length: 5000 }, (_, at) => at).join();
  await app.publish('long', { key });
  await app.signal('😀'.repeat(500), { key: `${key},`, n: 1 });
  await app.signal('😀'.repeat(500), { key, n: 2 });
  await app.run();
  t.like(await app.state('long'), { status: 0, data: { n: 2 } });
});

test.serial('text that Postgres cannot store does no harm', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'odd',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      ask: { type: 'worker', topic: 'ask', job: { maps: { said: '{$self.output.data.text}' } } },
    },
    transitions: { start: [{ to: 'ask' }] },
  });
  const worker = await app.worker(['ask']);
  await app.publish('odd', { id: 'o\u0000', text: 'a\u0000b\ud800' });
  const [claim] = await app.work(worker, ({ input }) => ({ data: input }));
  t.deepEqual(claim?.input, { id: 'o\u0000', text: 'a\u0000b\ud800' });
  t.like(await app.state('o'), { status: 0, data: { said: 'ab' } });
  await app.publish('odd', { id: 'b' });
  await app.work(worker, () => ({
    data: { text: '\\u0000\\\u0000C:\\dir\\ud800\ud800 \u001b[1m' },
  }));
  t.like(await app.state('b'), { data: { said: '\\u0000\\C:\\dir\\ud800 \u001b[1m' } });
  await app.publish('odd', { id: 'p' });
  await app.work(worker, () => ({ failed: true, code: 500, data: { message: 'no\u0000\udc00' } }));
  t.like(await app.state('p'), { status: 0, error: { message: 'no' } });
});

test.serial('bad arguments are refused where they are given', async (t) => {
  const app = await graphApp(sql, { subscribes: 'a', activities: { start: { type: 'trigger' } } });
  const publish = (options: unknown) => codeOf(app.publish('a', {}, options));
  t.is(await publish({ entity: 7 }), 'WF104');
  t.is(await publish({ pending: -1 }), 'WF104');
  t.is(await publish({ nonsense: 1 }), 'WF104');
  t.is(await publish(['entity']), 'WF104');
  t.is(await codeOf(app.publish('')), 'WF101');
  t.is(await codeOf(sql.rows(`select ratchet.publish('a', '{}', 'a b')`)), 'WF101');
  t.is(await codeOf(sql.rows(`select ratchet.deploy('{"activities":{}}', 'a')`)), 'WF106');
  t.is(await codeOf(app.signal('a', {}, 'odd')), 'WF208');
  t.is(
    await codeOf(
      sql.rows(`select ratchet.respond('x', 'y', ',0', 'pending', 200, '1', $1)`, [app.app]),
    ),
    'WF104',
  );
});

test.serial('a reserved job runs nothing and gives its id back in time', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'later',
    activities: {
      start: { type: 'trigger', stats: { id: 'kept' } },
      next: { type: 'hook', job: { maps: { a: 1 } } },
    },
    transitions: { start: [{ to: 'next' }] },
  });
  t.like(await app.publish('later', {}, { pending: 60 }), { status: -1, data: null, error: null });
  t.is(await codeOf(app.publish('later')), 'WF301');
  t.deepEqual(await app.history('kept'), ['start,0']);
  await sql.rows(
    `update ratchet.jobs set pending_until = pending_until - interval '61 seconds'
      where key = 'kept'`,
  );
  t.like(await app.publish('later'), { status: 0, data: { a: 1 } });
});

test.serial('statistics are recorded once, under key and time', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'stats',
    activities: {
      start: {
        type: 'trigger',
        stats: {
          key: '{$self.input.data.region}',
          granularity: '1h',
          measures: [
            { measure: 'sum', target: '{$self.input.data.amount}' },
            { measure: 'index', target: '{$self.input.data.color.name}' },
          ],
        },
      },
    },
  });
  const { metadata } = await app.publish('stats', {
    region: 'eu',
    amount: 5,
    color: { name: 'red' },
  });
  await app.publish('stats', { region: '', amount: 5, color: { name: 'red' } });
  const facts = await sql.rows(
    `select key, measure, name, value, bucket from ratchet_internal.graph_facts
      where space = $1 order by measure`,
    [app.space],
  );
  const bucket = metadata['ts'];
  t.regex(String(bucket), /^\d{10}00$/);
  t.deepEqual(facts, [
    { key: 'eu', measure: 'index', name: 'color/name', value: 'red', bucket },
    { key: 'eu', measure: 'job', name: '', value: null, bucket },
    { key: 'eu', measure: 'sum', name: 'amount', value: '5', bucket },
  ]);
  t.is(await codeOf(app.publish('stats', { region: 'eu' })), 'WF107');
  const long = Array.from({ length: 8000 }, (_, at) => Math.sqrt(at).toString(36).at(-1)).join('');
  const region = { region: long, amount: 1, color: { name: 'red' } };
  t.is(await codeOf(app.publish('stats', region)), 'WF107', 'a key that no index takes');
});

test.serial('an activity with a threshold is skipped when few are open', async (t) => {
  const graph = (threshold: number) => ({
    subscribes: 'few',
    activities: {
      start: { type: 'trigger' },
      maybe: { type: 'worker', topic: 'w', statusThreshold: threshold },
      ...(threshold === 1 ? { hold: { type: 'hook', sleep: 1000 } } : {}),
    },
    transitions: { start: [...(threshold === 1 ? [{ to: 'hold' }] : []), { to: 'maybe' }] },
  });
  for (const threshold of [5, 1e300]) {
    const alone = await graphApp(sql, graph(threshold));
    t.is((await alone.publish('few')).status, 0);
  }
  const two = await graphApp(sql, graph(1));
  const { status, job_id: job } = await two.publish('few');
  t.is(status, 2);
  t.true((await two.messages(job)).some((message) => message.kind === 'activity'));
});
