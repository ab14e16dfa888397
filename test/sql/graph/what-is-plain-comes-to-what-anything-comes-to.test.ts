import test, { type ExecutionContext } from 'ava';
import { engine } from '../../support/engine';
import { graphApp, type Graph } from '../../support/graph';

const sql = engine();

const trigger = { type: 'trigger', stats: { id: '{$self.input.data.id}' } };
const worker = { type: 'worker', topic: 'step' };
const when = (expected: unknown, actual: string, code?: string) => ({
  ...(code ? { code } : {}),
  match: [{ expected, actual }],
});

const graphs: Record<string, Graph> = {
  'a chain with conditions on values, of which the last holds nothing': {
    expire: 60,
    activities: {
      a: { ...trigger, job: { maps: { first: '{$self.output.data.n}', given: true } } },
      b: {
        type: 'hook',
        output: { maps: { n: '{a.output.data.n}', none: '{a.output.data.none}', ok: true } },
        job: { maps: { n: '{$self.output.data.n}', own: '{b.output.data}' } },
      },
      c: { type: 'hook', job: { maps: { empty: '{$self.output.data}', n: '{b.output.data.n}' } } },
      d: { type: 'hook', output: { maps: { text: 'x{$self,y}', at: '{$self.output.data.n}' } } },
      e: { type: 'hook' },
    },
    transitions: {
      a: [{ to: 'b', conditions: when(7, '{$self.input.data.n}') }],
      b: [
        { to: 'c', conditions: when(true, '{$self.output.data.ok}') },
        { to: 'e', conditions: when(8, '{b.output.data.n}') },
      ],
      c: [{ to: 'd', conditions: { code: '200' } }],
    },
  },
  'branches that write the same job data in turn, and read them': {
    activities: {
      a: trigger,
      b: { type: 'hook', job: { maps: { last: 'b', sum: '{a.output.data.n}' } } },
      c: { type: 'hook', job: { maps: { last: 'c', seen: '{$job.data.last}' } } },
      d: { type: 'hook', output: { maps: { seen: '{$job.data.last}' } } },
      e: {
        type: 'hook',
        output: { maps: { js: '{$job.metadata.js}', d: '{d.output.data.seen}' } },
        job: { maps: { last: 'e', open: '{$self.output.data.js}', d: '{$self.output.data.d}' } },
      },
      f: { ...worker, input: { maps: { last: '{$job.data.last}', n: '{a.output.data.n}' } } },
    },
    transitions: {
      a: [{ to: 'b' }, { to: 'c' }, { to: 'd' }],
      d: [{ to: 'e' }],
      c: [{ to: 'f' }],
    },
  },
  'workers one after the other, with codes': {
    activities: {
      a: trigger,
      b: { ...worker, job: { maps: { b: '{$self.output.data.got}' } } },
      c: { ...worker, input: { maps: { b: '{b.output.data.got}', k: 1 } } },
      d: { type: 'hook', job: { maps: { whole: '{c.output.data}' } } },
      e: { ...worker, job: { maps: { e: '{e.output.data.got}' } } },
      f: { type: 'hook', job: { maps: { never: true } } },
      g: { type: 'hook', job: { maps: { never: true } } },
    },
    transitions: {
      a: [{ to: 'b' }],
      b: [
        { to: 'c', conditions: { code: '200' } },
        { to: 'f', conditions: { code: '404' } },
      ],
      c: [{ to: 'd', conditions: when('b', '{$self.output.data.got.name}') }, { to: 'e' }],
      d: [{ to: 'g', conditions: when(true, '{c.output.data.never}') }],
    },
  },
  'a failure in the middle of a chain, which is caught': {
    activities: {
      a: trigger,
      b: { type: 'hook', output: { maps: { n: '{a.output.data.n}' } } },
      c: { type: 'hook', output: { maps: { n: '{b.output.data.n}' } }, job: { maps: { c: 1 } } },
      d: { type: 'hook', output: { maps: { n: '{c.output.data.n}' } }, job: { maps: { d: 1 } } },
      e: { type: 'hook', job: { maps: { caught: true } } },
    },
    transitions: {
      a: [{ to: 'b' }],
      b: [{ to: 'c' }],
      c: [{ to: 'd' }],
      d: [{ to: 'e', conditions: { code: '500' } }],
    },
  },
};

for (const title of Object.keys(graphs)) {
  test.serial(`the same rows come of ${title}`, async (t) => {
    const plain = await rows(t, title, true);
    t.deepEqual(plain, await rows(t, title, false));
  });
}

/** No document comes to a transition that fails in a chain: this one leads nowhere. */
const broken = '[{"to": "nowhere", "codes": ["200"]}]';

/** What a graph has written when it is published, and when its workers have answered. */
async function rows(t: ExecutionContext, title: string, isPlain: boolean) {
  const graph = graphs[title]!;
  const app = await graphApp(sql, { subscribes: 'go', ...graph });
  const own = 'from ratchet_internal.graph_versions v where v.id = a.version_id and v.space = $1';
  const count = await sql.value<string>(
    `select count(*) from ratchet_internal.graph_activities a
    where is_plain and exists (select ${own})`,
    [app.space],
  );
  t.true(Number(count) > 3, 'there are activities that are plain');
  if (!isPlain) {
    await sql.rows(
      `update ratchet_internal.graph_activities a set is_plain = false
      where exists (select ${own})`,
      [app.space],
    );
  }
  if (title.startsWith('a failure')) {
    await sql.rows(
      `update ratchet_internal.graph_activities a
      set transitions = $2::jsonb || transitions, follows = null
      where name = 'd' and exists (select ${own})`,
      [app.space, broken],
    );
  }
  await sql.rows(
    `select ratchet_internal.compile_starts(id) from ratchet_internal.graph_versions
    where space = $1`,
    [app.space],
  );
  const published = await app.publish('go', { id: 'job', n: 7 });
  const seen = [await written(app.space)];
  const id = await app.worker(['step']);
  await app.work(id, (claim) => ({ data: { got: claim.input ?? null, name: claim.name } }));
  seen.push(await written(app.space));
  return { status: published.status, data: published.data, error: published.error, seen };
}

async function written(space: string) {
  const one = (text: string) => sql.rows(text, [space]);
  return {
    job: await one(
      `select key, status, entity, workflow, expire_seconds, context, result, error,
      finished_at is null as is_open from ratchet.jobs where namespace = $1`,
    ),
    history: await one(
      `select a.address, a.position, a.ledger, a.code, a.is_failed, a.kind, a.field, a.input,
      a.target, a.value, a.updated_at is null as is_new from ratchet.jobs_attributes a
      join ratchet.jobs j on j.id = a.job_id where j.namespace = $1
      order by a.address, a.position`,
    ),
    messages: await one(
      `select m.address, m.position, m.attempt, m.kind, m.key, m.worker_id is null as is_free,
      (m.options -> 'metadata')::jsonb - array['guid', 'gid', 'trc'] as metadata
      from ratchet_internal.messages m
      join ratchet.jobs j on j.id = m.job_id where j.namespace = $1
      order by m.address, m.position`,
    ),
  };
}
