import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const explain = async (job: string, app: string) => {
  const rows = await sql.rows<{ line: string }>(
    'select line from ratchet.graph_explain($1, $2) line',
    [job, app],
  );
  return rows.map(({ line }) => line.replace(/\d+(\.\d)? m?s\b/g, 'some time'));
};
const marks = async (job: string, app: string) =>
  (await sql.value<string>('select ratchet.graph_job_mermaid($1, $2)', [job, app])).split('\n');
const why = async (job: string, field: string) =>
  sql.value<string>('select why from ratchet.open_steps where job_key = $1 and field like $2', [
    job,
    `% ${field}`,
  ]);

const graph: Graph = {
  subscribes: 'run',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    ask: { type: 'worker', topic: 'ask' },
    hold: { type: 'hook' },
    after: { type: 'hook' },
    caught: { type: 'hook' },
    maybe: { type: 'worker', topic: 'ask', statusThreshold: 5 },
  },
  transitions: {
    start: [{ to: 'ask' }, { to: 'hold' }],
    ask: [{ to: 'caught', conditions: { code: 404 } }],
    caught: [{ to: 'maybe' }],
    hold: [{ to: 'after' }],
  },
  hooks: { go: byJob('hold') },
};

test.serial('a running job: what was done, what is open, and why it waits', async (t) => {
  const app = await graphApp(sql, graph);
  await app.publish('run', { id: 'a' });
  t.deepEqual(await explain('a', app.app), [
    'job a of topic run (version 1): 2 open for some time',
    'start (trigger): done, code 200, some time',
    '  ->  ask (worker): open for some time; waits for a worker of queue ask: none is running',
    `  ->  hold (hook): open for some time; ${await why('a', 'hold')}`,
  ]);
  const worker = await app.worker(['ask']);
  await app.work(worker, () => ({ failed: true, code: 404, data: { message: 'gone' } }));
  t.deepEqual(await explain('a', app.app), [
    'job a of topic run (version 1): 1 open for some time',
    'start (trigger): done, code 200, some time',
    '  ->  ask (worker): failed, code 404, some time',
    '        ->  caught (hook): done, code 200, some time',
    '              ->  maybe (worker): skipped',
    `  ->  hold (hook): open for some time; ${await why('a', 'hold')}`,
  ]);
  const lines = await marks('a', app.app);
  t.true(lines.includes('    n3["ask<br/>worker ask<br/>failed"]'));
  t.true(lines.includes('    n6["maybe<br/>worker ask<br/>skipped"]'));
  t.deepEqual(lines.filter((line) => line.startsWith('  class ')).sort(), [
    '  class n1,n4 done',
    '  class n2 never',
    '  class n3 failed',
    '  class n5 open',
    '  class n6 skipped',
  ]);
});

test.serial('a job that has failed: which activity, and what was stopped with it', async (t) => {
  const app = await graphApp(sql, graph);
  await app.publish('run', { id: 'b' });
  const worker = await app.worker(['ask']);
  await app.work(worker, () => ({ failed: true, code: 500, data: { message: 'no\nway' } }));
  t.deepEqual(await explain('b', app.app), [
    'job b of topic run (version 1): failed after some time; no way',
    'start (trigger): done, code 200, some time',
    '  ->  ask (worker): failed, code 500, some time',
    '  ->  hold (hook): stopped',
  ]);
  t.true((await marks('b', app.app)).some((line) => line.includes('signal go<br/>stopped')));
});

const looping: Graph = {
  subscribes: 'loop',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    loop: { type: 'hook', cycle: true, output: { maps: { n: 1 } } },
    again: {
      type: 'cycle',
      ancestor: 'loop',
      input: { maps: { n: { '@pipe': [['{loop.output.data.n}', 1], ['{@math.add}']] } } },
    },
    twice: { type: 'hook' },
    ask: { type: 'worker', topic: 'ask' },
  },
  transitions: {
    start: [{ to: 'loop' }],
    loop: [
      {
        to: 'again',
        conditions: {
          match: [
            {
              expected: true,
              actual: { '@pipe': [['{loop.output.data.n}', 200], ['{@conditional.less_than}']] },
            },
          ],
        },
      },
      { to: 'twice', conditions: { match: [{ expected: 100, actual: '{loop.output.data.n}' }] } },
      { to: 'ask', conditions: { match: [{ expected: 150, actual: '{loop.output.data.n}' }] } },
    ],
  },
};

test.serial('of many passes some are shown, with all that is open, and how many not', async (t) => {
  const app = await graphApp(sql, looping);
  await app.publish('loop', { id: 'many' });
  const lines = await explain('many', app.app);
  const passes = lines.flatMap((line) => /loop \(hook\)(?: pass (\d+))?/.exec(line)?.[1] ?? []);
  // The first and the last five, and those that led to something that is shown itself.
  t.deepEqual(passes.map(Number), [2, 3, 4, 5, 100, 150, 195, 196, 197, 198, 199, 200]);
  t.deepEqual(lines.slice(0, 4), [
    'job many of topic loop (version 1): 1 open for some time',
    'start (trigger): done, code 200, some time',
    '  ->  loop (hook): done, code 200, some time',
    '        ->  again (cycle): done, code 200, some time',
  ]);
  const at = lines.findIndex((line) => line.includes('pass 150'));
  t.regex(
    lines[at + 1] ?? '',
    /^ {8}-> {2}ask \(worker\): open for some time; waits for a worker /,
  );
  t.deepEqual(lines.slice(-2), [
    '(187 of 200 runs of loop are not shown)',
    '(189 of 199 runs of again are not shown)',
  ]);
  const chart = await marks('many', app.app);
  t.true(chart.some((line) => line.includes('hook<br/>done, 200 passes"')));
  t.true(chart.some((line) => line.includes('worker ask<br/>open"')));
});

test.serial('what has yet to be entered is open, and its pass is counted', async (t) => {
  const app = await graphApp(sql, looping);
  await sql.rows(`select ratchet.publish('loop', '{"id": "few"}', $1)`, [app.app]);
  await sql.rows(
    `delete from ratchet.jobs_attributes a using ratchet.jobs j
      where j.key = 'few' and j.id = a.job_id and a.kind = 'worker'`,
  );
  await sql.rows(
    `update ratchet_internal.messages m set kind = 'result', queue = '$graph', workflow = '$graph'
      from ratchet.jobs j where j.key = 'few' and j.id = m.job_id`,
  );
  const lines = await explain('few', app.app);
  t.true(lines.includes('        ->  ask (worker): open; is to be entered by an engine worker'));
  await app.run();
});

test.serial('retries are counted; a duration of days is written as one', async (t) => {
  const app = await graphApp(sql, graph);
  await app.publish('run', { id: 'slow' });
  const worker = await app.worker(['ask']);
  await app.exchange(worker);
  await sql.rows(
    `update ratchet_internal.messages m set attempt = 3 from ratchet.jobs j
      where j.key = 'slow' and j.id = m.job_id and m.kind = 'activity'`,
  );
  await sql.rows(
    `update ratchet.jobs_attributes a
      set created_at = a.created_at - interval '3 days 04:05:06' from ratchet.jobs j
      where j.key = 'slow' and j.id = a.job_id and a.kind = 'worker'`,
  );
  const ask = (await explain('slow', app.app)).find((line) => line.includes('ask (worker)')) ?? '';
  t.regex(
    ask,
    /^ {2}-> {2}ask \(worker\): open for 3 days 04:05:\d\d, 3 attempts; is with worker /,
  );
  await sql.rows('select ratchet.scrub($1, $2)', ['slow', app.app]);
});

test.serial('another version: a running job is shown in it, an ended one in its own', async (t) => {
  const app = await graphApp(sql, graph);
  await app.publish('run', { id: 'old' });
  await app.publish('run', { id: 'ended' });
  await app.interrupt('ended', { throw: false, expire: 60 });
  await app.deploy('2', {
    subscribes: 'run',
    activities: {
      start: { type: 'trigger' },
      first: { type: 'hook' },
      hold: { type: 'hook' },
      ask: { type: 'worker', topic: 'ask' },
    },
    transitions: { start: [{ to: 'first' }, { to: 'ask' }], first: [{ to: 'hold' }] },
    hooks: { go: byJob('hold') },
  });
  await app.activate('2');
  const [, , ...running] = await explain('old', app.app);
  t.deepEqual(running, [
    '  ->  ask (worker): open for some time; waits for a worker of queue ask: none is running',
    `  ->  hold (hook): open for some time; ${await why('old', 'hold')}`,
  ]);
  const chart = (await marks('old', app.app)).join('\n');
  t.regex(chart, /"first<br\/>hook<br\/>never entered"/);
  t.notRegex(chart, /caught/);
  t.regex((await marks('ended', app.app)).join('\n'), /"caught<br\/>hook<br\/>never entered"/);
  await app.interrupt('old');
});

test.serial('a job, an app that is unknown is refused', async (t) => {
  const { app } = await graphApp(sql, graph);
  for (const name of ['graph_explain', 'graph_job_mermaid']) {
    const call = (...args: string[]) =>
      codeOf(sql.rows(`select * from ratchet.${name}($1, $2)`, args));
    t.is(await call('nobody', app), 'WF201');
    t.is(await call('nobody', 'unknown'), 'WF201');
    t.is(await call('nobody', 'a b'), 'WF101');
  }
});
