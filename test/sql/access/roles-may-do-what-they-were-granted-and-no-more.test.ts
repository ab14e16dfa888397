import test from 'ava';
import type { PoolClient } from 'pg';
import { codeOf, engine } from '../../support/engine';

const sql = engine();
const roles = ['reader', 'client', 'worker', 'operator', 'nobody'];
const nameOf = (role: string) => `ratchet_test_${process.pid}_${role}`;

test.serial('granting twice is granting once', async (t) => {
  for (const role of roles) {
    await sql.rows(`create role ${nameOf(role)}`);
    if (role === 'nobody') continue;
    await sql.rows('select ratchet.grant_access($1, $2)', [nameOf(role), role]);
    await sql.rows('select ratchet.grant_access($1, $2)', [nameOf(role), role]);
  }
  t.pass();
});

sql.finally(async () => {
  for (const role of roles) {
    await sql.rows(`drop owned by ${nameOf(role)}`);
    await sql.rows(`drop role ${nameOf(role)}`);
  }
});

async function as<T>(role: string, run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await sql.pool().connect();
  try {
    await client.query(`set role ${nameOf(role)}`);
    return await run(client);
  } finally {
    await client.query('reset role');
    client.release();
  }
}

const grants = () =>
  sql.rows<{ name: string; call: string; accesses: string[] }>(`
    select p.oid::regprocedure::text as name,
      format('select %s(%s)', p.oid::regproc,
        (select string_agg('null::' || format_type(t, null), ', ' order by at)
          from unnest(p.proargtypes::oid[]) with ordinality as a (t, at))) as call,
      array(select access from ratchet_internal.grants g where g.function = p.proname) as accesses
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('ratchet', 'ratchet_internal') order by 1`);

const includes: Record<string, string[]> = {
  ...{ reader: ['reader'], client: ['reader', 'client'], worker: ['worker'] },
  ...{ operator: ['reader', 'client', 'operator'], nobody: [] },
};

for (const role of roles) {
  test.serial(`${role}: each function is allowed or denied as the grants say`, async (t) => {
    for (const { name, call, accesses } of await grants()) {
      const isAllowed = accesses.some((access) => includes[role]?.includes(access));
      // Every argument is null, so that no call does anything: what counts is whether it begins.
      const code = await as(role, (client) => codeOf(client.query(call)));
      t.is(code !== '42501', isAllowed, `${role} ${name}: ${code}`);
    }
  });

  test.serial(`${role}: tables can be read or not, and never written`, async (t) => {
    const relations = await sql.rows<{ name: string }>(`select c.oid::regclass::text as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('ratchet', 'ratchet_internal') and c.relkind in ('r', 'v')`);
    const mayRead = ['reader', 'client', 'operator'].includes(role);
    for (const { name } of relations) {
      const code = await as(role, (client) => codeOf(client.query(`select * from ${name}`)));
      t.is(code, mayRead ? 'ok' : '42501', name);
      const write = await as(role, (client) => codeOf(client.query(`delete from ${name}`)));
      t.true(['42501', '55000'].includes(write), `${name}: ${write}`);
    }
  });
}

test.serial(
  'a whole job: a client starts it, a worker runs it, a reader sees the result',
  async (t) => {
    await as('client', (client) =>
      client.query(`select ratchet.start_workflow('w', '[]', 'shared')`),
    );
    await as('worker', async (client) => {
      const routes = '[{"queue": "w", "workflow": "w"}]';
      const text = `select ratchet.register_worker('w', '${routes}') as id`;
      const { rows } = await client.query<{ id: string }>(text);
      const worker = rows[0]?.id;
      const claim = await client.query(`select job_id from ratchet.exchange(${worker}, 1, 1)`);
      const end = 'p_end_jobs => $1, p_end_results => $2, p_end_errors => $3';
      await client.query(`select * from ratchet.exchange(${worker}, 0, 0, ${end})`, [
        ...[[claim.rows[0].job_id], ['"done"'], [null]],
      ]);
      await client.query(`select ratchet.unregister_worker(${worker})`);
      await client.query('select ratchet.prune()');
    });
    await as('reader', async (client) => {
      const { rows } = await client.query(`select ratchet.result('shared') as result`);
      t.deepEqual(rows, [{ result: 'done' }]);
      t.is(await codeOf(client.query(`select ratchet.cancel('shared')`)), '42501');
    });
  },
);

test.serial('objects of a hostile session shadow nothing', async (t) => {
  await as('client', async (client) => {
    await client.query(`create temp table jobs (id int)`);
    await client.query(`create temp table pg_class (oid int)`);
    await client.query(`set search_path = pg_temp, public`);
    await client.query(`select ratchet.start_workflow('w', '[]', 'hostile')`);
    await client.query('reset search_path');
    t.deepEqual((await client.query(`select ratchet.status('hostile') as s`)).rows, [{ s: 1 }]);
  });
});

test.serial('an access or a role that does not exist is WF104', async (t) => {
  const grant = (role: string | null, access: string | null) =>
    codeOf(sql.rows('select ratchet.grant_access($1, $2)', [role, access]));
  t.is(await grant(nameOf('reader'), 'everything'), 'WF104');
  t.is(await grant(nameOf('reader'), null), 'WF104');
  t.is(await grant('no such role', 'reader'), 'WF104');
  t.is(await grant('"; drop schema ratchet cascade; --', 'reader'), 'WF104');
});
