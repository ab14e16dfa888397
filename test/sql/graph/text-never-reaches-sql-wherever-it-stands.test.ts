import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';
import { seeded } from '../../support/seed';

const sql = engine();

/** Each closes another kind of quote before it does harm; then all of them at once. */
const HARM = 'drop table public.c';
const CLOSING = [
  `'; ${HARM}; --`,
  `'); ${HARM}; --`,
  `"; ${HARM}; --`,
  `$$; ${HARM}; --`,
  `$x$; ${HARM}; $x$`,
  `\\'; ${HARM}; --`,
  `'}"]}; ${HARM}; /*`,
  `%I %L %s %1$s; ${HARM}`,
  `{a.b}'; ${HARM}; --`,
  `’ʼ＇; ${HARM}; 😀\u2028\u00a0ü`,
];
const WORST = CLOSING.join(' ');

/** Everything that a statement which slipped in could have changed. */
const catalogue = () =>
  sql.value<string>(`select md5(concat(
    (select string_agg(oid::text || relname, ',' order by oid) from pg_class
      where relnamespace::regnamespace::text !~ '^pg_'),
    (select string_agg(oid::text || prosrc, ',' order by oid) from pg_proc
      where pronamespace::regnamespace::text !~ '^pg_'),
    (select string_agg(oid::text || rolname, ',' order by oid) from pg_roles),
    (select string_agg(word, ',') from public.c)))`);

/** What harm would be done to. */
async function canary() {
  await sql.rows('create table if not exists public.c (word text)');
  await sql.rows(`insert into public.c values ('sings')`);
  return catalogue();
}

const isKnown = (code: string) => code === 'ok' || code.startsWith('WF');

/** A document with an example of all that the grammar knows. */
function everything(app: string) {
  const trigger: Graph['activities'][string] = {
    type: 'trigger',
    title: 'the start',
    entity: 'thing',
    stats: {
      id: '{$self.input.data.id}',
      key: '{$self.input.data.region}',
      granularity: '1h',
      measures: [{ measure: 'count', target: '{$self.input.data.size}' }],
    },
    job: { maps: { plain: 'value', nested: { leaf: 'x' }, 'list[2]': '{$self.output.data.l}' } },
  };
  const graph: Graph & Record<string, unknown> = {
    subscribes: 'topic.one',
    publishes: 'topic.two',
    expire: '{start.output.data.expire}',
    input: { schema: { title: 'text' } },
    activities: {
      start: trigger,
      shape: {
        type: 'hook',
        emit: '{$self.output.data.e}',
        output: {
          maps: {
            a: { '@pipe': [['{start.output.data.id}', 'x'], ['{@string.concat}']] },
            b: { '@pipe': [[['p']], { '@reduce': [['{$output}'], ['{@string.trim}']] }] },
          },
        },
        telemetry: { seen: '{$self.output.data.a}' },
        'x-note': 'free',
      },
      ask: {
        type: 'worker',
        topic: 'work',
        input: { maps: { k: 'v' } },
        retry: { '500': [1] },
        job: { maps: { 'user[_]': { _u: 'w' } }, 418: { maps: { tea: 'pot' } } },
      },
      call: { type: 'await', topic: 'child', input: { maps: { id: 'c' } } },
      hold: {
        type: 'hook',
        sleep: 1000,
        escalation: { role: 'clerk', metadata: { m: 'n' }, description: '{start.output.data.id}' },
      },
      tell: { type: 'signal', topic: 'go', signal: { maps: { id: 'nobody' } }, status: 'success' },
      again: { type: 'cycle', ancestor: 'shape', input: { maps: { n: 'm' } } },
      stop: { type: 'interrupt', target: 'no-job', reason: 'why', stack: 'where' },
    },
    transitions: {
      start: [{ to: 'shape' }],
      shape: [
        {
          to: 'ask',
          conditions: { code: '200', gate: 'or', match: [{ expected: 'e', actual: 'e' }] },
        },
        { to: 'call' },
        { to: 'hold' },
        { to: 'tell' },
        { to: 'stop' },
        { to: 'again', conditions: { match: [{ expected: 'y', actual: '{$job.data.no}' }] } },
      ],
    },
    hooks: { go: byJob('hold') },
  };
  const child = { subscribes: 'child', activities: { began: { type: 'trigger' } } };
  return { app: { id: app, version: '1', settings: { s: 't' }, graphs: [graph, child] } };
}

/** The value with each of its texts and keys, one after the other, replaced. */
function* replaced(value: unknown, text: string): Generator<unknown> {
  if (typeof value === 'string') yield text;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const other of replaced(item, text)) yield value.with(at, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value);
    for (const [at, [key, item]] of pairs.entries()) {
      yield Object.fromEntries(pairs.with(at, [text, item]));
      for (const other of replaced(item, text)) {
        yield Object.fromEntries(pairs.with(at, [key, other]));
      }
    }
  }
}

test.serial('each name and value of a document, replaced by what closes any quote', async (t) => {
  const before = await canary();
  const payload = JSON.stringify({ id: 'j', region: 'eu', size: 'big', expire: 900 });
  const codes: Record<string, number> = {};
  const app = sql.name();
  const all = [...replaced(everything(app), WORST)];
  t.true(all.length > 150);
  const documents = seeded(t).shuffled(all).slice(0, 40);
  const client = await sql.pool().connect();
  t.teardown(() => client.release());
  const call = (text: string, values: unknown[]) => codeOf(client.query(text, values));
  for (const document of documents) {
    // Nothing is kept: each is the first of its app, and the invariants have less to read.
    await client.query('begin');
    const deployed = await call('select ratchet.deploy($1, $2)', [JSON.stringify(document), app]);
    codes[deployed] = (codes[deployed] ?? 0) + 1;
    t.true(isKnown(deployed), `${deployed}: ${JSON.stringify(document)}`);
    if (deployed === 'ok') {
      await client.query(`select ratchet.activate('1', $1)`, [app]);
      const { rows } = await client.query<{ topic: string | null }>(
        `select topic from ratchet.graph_activities where app = $1 and activity = 'start'`,
        [app],
      );
      const topic = rows[0]?.topic ?? 'any';
      await client.query('savepoint here');
      const run = await call('select ratchet.publish($1, $2, $3)', [topic, payload, app]);
      codes[`run ${run}`] = (codes[`run ${run}`] ?? 0) + 1;
      t.true(isKnown(run), `${run}: ${JSON.stringify(document)}`);
      if (run !== 'ok') await client.query('rollback to here');
    }
    await client.query('rollback');
  }
  t.true((codes['run ok'] ?? 0) > 0 && (codes['WF106'] ?? 0) > 0, JSON.stringify(codes));
  t.is(await catalogue(), before);
});

test.serial('each argument of each function about graphs', async (t) => {
  const before = await canary();
  const app = await graphApp(sql, { subscribes: 'a', activities: { a: { type: 'trigger' } } });
  const functions = await sql.rows<{ name: string; types: string[]; names: string[] }>(
    `select proname as name, array(select format_type(t, null) from unnest(proargtypes) t) as types,
        proargnames[:pronargs] as names
      from pg_proc where pronamespace = 'ratchet'::regnamespace and prokind = 'f'
        and proname ~ ('^(deploy|activate|publish|signal_topic|signal_all|interrupt|scrub|respond|'
          'graph_.*|throttle|roll_call|post|subscribe|unsubscribe|run_graphs)$') order by proname`,
  );
  t.true(functions.length > 15);
  const random = seeded(t);
  const plain: Record<string, unknown> = { p_app: app.app, p_topic: 'a', p_namespace: 'hmsh' };
  for (const { name, types, names } of functions) {
    const holders = types.map((type, at) => `$${at + 1}::${type}`).join();
    const plainly = types.map(
      (type, at) => plain[names[at] ?? ''] ?? (type === 'json' ? '{}' : null),
    );
    for (const text of [random.shuffled(CLOSING)[0] ?? '', WORST]) {
      const hostile = types.map((type) => {
        if (type === 'json') return JSON.stringify({ [text]: text, data: { [text]: text } });
        if (type === 'text[]') return [text];
        return type === 'text' ? text : null;
      });
      const singly = text === WORST ? hostile : [];
      const calls = [hostile, ...singly.map((given, at) => plainly.with(at, given))];
      for (const given of calls) {
        const code = await codeOf(sql.rows(`select ratchet.${name}(${holders})`, given));
        t.true(isKnown(code), `${code}: ${name} ${JSON.stringify(given)}`);
      }
    }
  }
  t.is(await catalogue(), before);
});
