import test from 'ava';
import type { Pool } from 'pg';
import { DBA, Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const activities = { double: async (n: number) => 2 * n };
const { double } = Durable.workflow.proxyActivities<typeof activities>({ activities });
async function doubled(n: number): Promise<number> {
  return double(n);
}
async function family(n: number): Promise<number> {
  const child = { workflowId: 'child', args: [n] as [number], taskQueue: 'q' };
  return Durable.workflow.executeChild(doubled, { ...child, entity: 'doubled' });
}
async function hooked(info: { signal: string }): Promise<void> {
  await Durable.workflow.signal(info.signal, await double(4));
}
async function hooking(): Promise<unknown> {
  await (await Durable.workflow.search()).set({ color: 'red' });
  return Durable.workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' });
}

async function served(t: Parameters<typeof durableTest>[0]) {
  const lab = await durableTest(t);
  const { client, connection, pool } = lab;
  for (const run of [doubled, family, hooked, hooking]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  /** A finished job, which ended `ago`. */
  const finished = async (workflowId: string, ago: string, options: object = {}, run = doubled) => {
    const start = { taskQueue: 'q', workflowId, args: [1] as [number], ...options };
    const handle = await client.workflow.start(run, start);
    await handle.result();
    await age(pool, workflowId, ago);
    return handle;
  };
  const left = async () => {
    const { rows } = await pool.query<{ key: string }>('select key from ratchet.jobs order by key');
    return rows.map(({ key }) => key).join(' ');
  };
  return { ...lab, finished, left, dba: { appId: 'durable', connection } };
}

const age = (pool: Pool, id: string, ago: string) =>
  pool.query('update ratchet.jobs set finished_at = finished_at - $2::interval where key = $1', [
    id,
    ago,
  ]);

test.serial('23: jobs go when their own time is over, or the given one', async (t) => {
  const { client, finished, left, dba } = await served(t);
  await finished('fresh', '0');
  await finished('day', '1 day');
  await finished('month', '30 days');
  await finished('expired', '2 hours', { expire: 3_600 });
  await finished('kept', '30 days', { expire: 31 * 86_400 });
  await finished('other', '30 days', { entity: 'other' });
  await client.workflow.start({ taskQueue: 'none', workflowName: 'w', workflowId: 'running' });
  t.like(await DBA.prune({ ...dba, entities: ['other'] }), { jobs: 1, marked: 0, attributes: 0 });
  t.like(await DBA.prune({ ...dba, jobs: false, signals: false }), { jobs: 0, signals: 0 });
  t.like(await DBA.prune({ ...dba, appId: 'shop', expire: 0 }), { jobs: 0 });
  t.is(await left(), 'day expired fresh kept month running');
  t.like(await DBA.prune(dba), { jobs: 2, streams: 0, engineStreams: 0, workerStreams: 0 });
  t.is(await left(), 'day fresh kept running');
  t.like(await DBA.prune({ ...dba, expire: 90_000 }), { jobs: 0 }, 'a number is seconds');
  t.like(await DBA.prune({ ...dba, expire: 3_600 }), { jobs: 1 });
  t.like(await DBA.prune({ ...dba, expire: '0 seconds' }), { jobs: 1 });
  t.is(await left(), 'kept running');
});

test.serial('23: expire counts from the end, and prune counts where there is none', async (t) => {
  const { client, pool, finished, left, dba } = await served(t);
  const running = { taskQueue: 'none', workflowName: 'w', workflowId: 'running', expire: 0 };
  const runs = await client.workflow.start(running);
  await pool.query(`update ratchet.jobs set created_at = created_at - interval '1 year'`);
  const second = await finished('second', '0', { expire: 1 });
  await finished('default', '6 days');
  const live = async () => {
    const text = 'select key, ratchet.is_live(j) from ratchet.jobs j order by key';
    return (await pool.query(text)).rows.map(({ key, is_live }) => (is_live ? key : `(${key})`));
  };
  /** By what workers do every minute; the last of two looks begins anew. */
  const swept = async () => {
    const text = 'select sum(ratchet.prune())::int as n from generate_series(1, 2)';
    return (await pool.query<{ n: number }>(text)).rows[0]?.n;
  };
  t.deepEqual(await live(), ['default', 'running', 'second']);
  await age(pool, 'second', '30 seconds');
  t.deepEqual(await live(), ['default', 'running', '(second)']);
  // Over, but not removed: whoever waits for the result has a minute at least.
  t.like(await DBA.prune(dba), { jobs: 0 });
  t.is(await swept(), 0);
  t.is(await second.result(), 2);
  t.like(await second.state(), { response: 2, done: true });
  const again = { taskQueue: 'q', workflowName: 'doubled', workflowId: 'second' };
  await age(pool, 'second', '30 seconds');
  t.is(await swept(), 1);
  t.is(await left(), 'default running');
  await t.throwsAsync(second.result(), { code: 404 as never });
  await (await client.workflow.start({ ...again, args: [2] })).result();
  t.like(await DBA.prune({ ...dba, expire: '5 days' }), { jobs: 1 });
  t.is(await left(), 'running second');
  t.is(await runs.status(), 1);
});

test.serial('23: attributes strips arguments, and keeps results and history', async (t) => {
  const { client, pool, finished, dba } = await served(t);
  const handle = await finished('stripped', '0');
  await client.workflow.start({ taskQueue: 'none', workflowName: 'w', workflowId: 'running' });
  const result = await DBA.prune({ ...dba, attributes: true });
  t.like(result, { jobs: 0, attributes: 1, marked: 1, transient: 0 });
  t.is(await handle.result(), 2);
  const { timeline } = await handle.export();
  t.like(timeline, [{ key: '-proxy-1-', value: { data: 2 } }]);
  const inputs = 'select from ratchet.jobs_attributes where input is not null';
  t.is((await pool.query(inputs)).rows.length, 0);
  const marked = 'select key from ratchet.jobs where pruned_at is not null';
  t.deepEqual((await pool.query(marked)).rows, [{ key: 'stripped' }]);
  t.like(await DBA.prune({ ...dba, attributes: true }), { attributes: 0, marked: 0 });
});

test.serial('23: attributes removes the steps of hooks, unless keepHmark says else', async (t) => {
  const { client, pool, dba } = await served(t);
  const hmarks = async () => {
    const text = `select a.field from ratchet.jobs_attributes a
      where ratchet.type(a) = 'hmark' order by a.position`;
    return (await pool.query<{ field: string }>(text)).rows.map(({ field }) => field);
  };
  const run = async (workflowId: string) => {
    const options = { taskQueue: 'q', workflowId, search: { data: { size: 'small' } } };
    const handle = await client.workflow.start(hooking, { ...options, marker: { '-by': 'me' } });
    t.is(await handle.result(), 8);
    return handle;
  };
  const kept = await run('kept');
  t.like(await DBA.prune({ ...dba, attributes: true, keepHmark: true }), { marked: 1 });
  t.deepEqual(await hmarks(), ['h1/00001 double', 'h1/00002 -hook-1--2']);
  const keys = async (handle: typeof kept) =>
    (await handle.export({ allow: ['timeline'] })).timeline?.map(({ key }) => key);
  const main = ['-search-1-0-', '-hook-2-', '-wait-3-'];
  t.deepEqual(await keys(kept), [...main, '-proxy,0,0-1-', '-signal,0,0-2-']);
  const stripped = await run('stripped');
  t.like(await DBA.prune({ ...dba, attributes: true }), { marked: 2 }, 'what was kept goes later');
  t.like(await DBA.prune({ ...dba, attributes: true }), { marked: 0, attributes: 0 });
  t.deepEqual(await hmarks(), []);
  for (const handle of [kept, stripped]) {
    t.is(await handle.result(), 8);
    t.deepEqual(await keys(handle), main);
    t.deepEqual((await handle.export({ allow: ['data'] })).data, { color: 'red', size: 'small' });
    t.deepEqual(await handle.queryState(['"-by"']), { '-by': 'me' });
  }
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('23: pruneTransient removes what was started without an entity', async (t) => {
  const { client, pool, finished, left, dba } = await served(t);
  const reserved = { taskQueue: 'q', workflowName: 'doubled', workflowId: 'reserved' };
  await finished('plain', '2 days', { expire: 1e9 });
  await finished('labelled', '2 days', { entity: 'order', expire: 1e9 });
  await finished('alike', '2 days', { entity: 'doubled', expire: 1e9 });
  await client.workflow.start({ ...reserved, pending: 60 });
  await finished('reserved', '2 days', { entity: 'doubled', expire: 1e9 });
  await finished('parent', '2 days', { expire: 1e9 }, family);
  await age(pool, 'child', '2 days');
  t.like(await DBA.prune({ ...dba, expire: '1 day' }), { jobs: 0, transient: 0 });
  const pruned = await DBA.prune({ ...dba, expire: '1 day', pruneTransient: true });
  t.like(pruned, { jobs: 0, transient: 2 });
  t.is(await left(), 'alike child labelled reserved');
});

test.serial('23: signals that came in vain go; locked and running jobs stay', async (t) => {
  const { client, pool, finished, left, dba } = await served(t);
  await client.workflow.signal('vain', 1);
  await client.workflow.signal('vain', 1, 'shop');
  await client.workflow.signal('kept', 1);
  await waitFor('they have been looked at in vain', async () => {
    const looked = 'select from ratchet_internal.signals where not is_new';
    return (await pool.query(looked)).rowCount === 3;
  });
  await pool.query(`update ratchet_internal.signals set expires_at = sent_at where key = 'vain'`);
  await finished('locked', '30 days');
  await finished('free', '30 days');
  const holder = await pool.connect();
  await holder.query(`begin; select from ratchet.jobs where key = 'locked' for key share`);
  t.like(await DBA.prune(dba), { jobs: 1, signals: 1 });
  t.is(await left(), 'locked');
  await holder.query('rollback');
  holder.release();
});

test.serial('23: a run over many batches is complete', async (t) => {
  const { pool, left, dba } = await served(t);
  await pool.query(`select ratchet.start_workflows('w', array(select 'w' || n
    from generate_series(1, 2500) n), array(select '[]'::json from generate_series(1, 2500)),
    'none')`);
  await pool.query(`select ratchet.terminate(key) from ratchet.jobs`);
  await pool.query(`update ratchet.jobs set finished_at = finished_at - interval '8 days'`);
  t.like(await DBA.prune(dba), { jobs: 2_500 });
  t.is(await left(), '');
});

test.serial('23: HMSH_EXPIRE_JOB_SECONDS is for starts that do not say', async (t) => {
  const { client, pool, dba } = await served(t);
  t.teardown(() => delete process.env['HMSH_EXPIRE_JOB_SECONDS']);
  const expireOf = async (workflowId: string, options: object = {}) => {
    const start = { taskQueue: 'none', workflowName: 'w', workflowId, ...options };
    await client.workflow.start(start);
    const text = 'select expire_seconds as e from ratchet.jobs where key = $1';
    return (await pool.query<{ e: string | null }>(text, [workflowId])).rows[0]?.e;
  };
  t.is(await expireOf('unset'), null);
  process.env['HMSH_EXPIRE_JOB_SECONDS'] = '60';
  t.is(await expireOf('set'), '60');
  t.is(await expireOf('own', { expire: 5 }), '5');
  process.env['HMSH_EXPIRE_JOB_SECONDS'] = 'soon';
  t.is(await expireOf('wrong'), null);
  await Promise.all(Array.from({ length: 5 }, () => DBA.deploy(dba.connection, 'durable')));
});

test.serial('23: what prune cannot understand is refused', async (t) => {
  const { connection } = await durableTest(t);
  const wrong: [object, string][] = [
    [{}, 'WF101'],
    [{ appId: 'durable', expires: '1 day' }, 'WF104'],
    [{ appId: 'durable', expire: 'soon' }, 'WF103'],
    [{ appId: 'durable', jobs: 'yes' }, 'WF104'],
    [{ appId: 'durable', entities: 'order' }, 'WF104'],
    [{ appId: 'durable', entities: [''] }, 'WF101'],
    [{ appId: 'durable', workerStreamsExpire: -1 }, 'WF103'],
  ];
  for (const [options, code] of wrong) {
    await t.throwsAsync(DBA.prune({ connection, ...options } as never), { code });
  }
  await t.throwsAsync(DBA.deploy(connection, ''), { code: 'WF101' });
  await t.throwsAsync(DBA.deploy(undefined as never), { code: 'WF104' });
});
