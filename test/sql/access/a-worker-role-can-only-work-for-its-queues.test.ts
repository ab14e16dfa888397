import test from 'ava';
import { Client } from 'pg';
import { codeOf, engine, exchange } from '../../support/engine';

const sql = engine();
const made = new Set<string>();

/** Roles belong to the cluster: each run takes names of its own. */
const own = (queue: string) => `t${process.pid}${queue}`;

async function provision(queues: string[], namespace = 'durable') {
  const text = 'select * from ratchet.provision_worker_role($1, $2)';
  const [row] = await sql.rows<{ role_name: string; password: string }>(text, [queues, namespace]);
  if (row === undefined) throw new Error('Nothing was provisioned.');
  made.add(row.role_name);
  return row;
}

sql.finally(async () => {
  for (const role of made) {
    await sql.rows(`drop owned by ${role}`);
    await sql.rows(`drop role ${role}`);
  }
});

async function login(role: { role_name: string; password: string }): Promise<Client> {
  const url = new URL(sql.url());
  [url.username, url.password] = [role.role_name, role.password];
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return client;
}

async function as<T>(
  role: { role_name: string; password: string },
  run: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await login(role);
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

const register = (client: Pick<Client, 'query'>, ...routes: object[]) =>
  client
    .query(`select ratchet.register_worker('w', $1) as id`, [JSON.stringify(routes)])
    .then(({ rows }) => (rows[0] as { id: string }).id);

test.serial('19: the name says what it is for, and is never that of another role', async (t) => {
  const queue = own('names');
  const first = await provision([queue, `${queue}-activity`]);
  t.is(first.role_name, `hmsh_wrk_durable_${queue}_${queue}_activity`);
  const again = await provision([`${queue}-activity`, queue, queue]);
  t.is(again.role_name, first.role_name, 'the order does not count');
  t.not(again.password, first.password);
  const alike = await provision([queue, `${queue}_activity`]);
  t.not(alike.role_name, first.role_name, 'which only reads alike');
  const long = await provision([queue + 'x'.repeat(100)]);
  t.is(long.role_name.length, 63);
  const longer = await provision([queue + 'x'.repeat(101)]);
  t.is(longer.role_name.length, 63);
  t.not(long.role_name, longer.role_name);
  const taken = `hmsh_wrk_durable_${own('taken')}`;
  made.add(taken);
  await sql.rows(`create role ${taken} nologin`);
  t.regex((await provision([own('taken')])).role_name, new RegExp(`^${taken}_[0-9a-f]{8}$`));
});

test.serial('19: what cannot be provisioned is refused', async (t) => {
  const call = (...values: unknown[]) =>
    codeOf(sql.rows('select ratchet.provision_worker_role($1, $2, $3)', values));
  t.is(await call([], 'durable', null), 'WF104');
  t.is(await call(null, 'durable', null), 'WF104');
  t.is(await call([''], 'durable', null), 'WF101');
  t.is(await call([null], 'durable', null), 'WF101');
  t.is(await call(['q'], '', null), 'WF101');
  t.is(await call(['q'], 'durable', 'short'), 'WF104');
  t.is(await call(['q'], 'durable', ''), 'WF104');
  for (const name of ['postgres', 'none', `x'; drop schema ratchet cascade; --`, null]) {
    t.is(await codeOf(sql.rows('select ratchet.revoke_worker_role($1)', [name])), 'WF104');
    t.is(await codeOf(sql.rows('select ratchet.rotate_worker_password($1)', [name])), 'WF104');
  }
});

test.serial('19: every function but the worker protocol is denied', async (t) => {
  const role = await provision([own('functions')]);
  const calls = await sql.rows<{ name: string; call: string; is_granted: boolean }>(`
    select p.oid::regprocedure::text as name,
      format('select %s(%s)', p.oid::regproc,
        (select string_agg('null::' || format_type(t, null), ', ' order by at)
          from unnest(p.proargtypes::oid[]) with ordinality as a (t, at))) as call,
      exists (select from ratchet_internal.grants g
        where g.function = p.proname and g.access = 'secured') as is_granted
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('ratchet', 'ratchet_internal') order by 1`);
  const granted = calls.filter((each) => each.is_granted).map(({ name }) => name);
  t.is(granted.length, 19);
  await as(role, async (client) => {
    for (const { name, call, is_granted } of calls) {
      const code = await codeOf(client.query(call));
      t.is(code !== '42501', is_granted, `${name}: ${code}`);
    }
  });
});

test.serial('19: every table, view and sequence is denied', async (t) => {
  const role = await provision([own('tables')]);
  const relations = await sql.rows<{ name: string; kind: string }>(`
    select c.oid::regclass::text as name, c.relkind as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('ratchet', 'ratchet_internal') and c.relkind in ('r', 'v', 'S', 'm', 'p')`);
  t.true(relations.length > 15);
  await as(role, async (client) => {
    for (const { name, kind } of relations) {
      const attacks = [`select * from ${name}`];
      if (kind === 'S') attacks.push(`select nextval('${name}')`, `select setval('${name}', 1)`);
      if (kind === 'r') {
        attacks.push(`insert into ${name} default values`, `delete from ${name}`);
        attacks.push(`truncate ${name}`, `copy ${name} to stdout`);
        attacks.push(`create index on ${name} ((1))`, `select * from ${name} for update`);
      }
      for (const attack of attacks) t.is(await codeOf(client.query(attack)), '42501', attack);
    }
    const others = [
      `create schema mine`,
      `create table ratchet.mine (id int)`,
      `alter function ratchet.exchange owner to ${role.role_name}`,
      `set session authorization postgres`,
      `set role postgres`,
      `alter role ${role.role_name} superuser`,
      `grant ratchet_nobody to ${role.role_name}`,
      `drop schema ratchet cascade`,
      `copy (select 1) to program 'true'`,
      `alter system set fsync = off`,
    ];
    for (const attack of others) {
      const code = await codeOf(client.query(attack));
      t.true(['42501', '42704', '0LP01', '22023'].includes(code), `${attack}: ${code}`);
    }
  });
});

test.serial('19: other queues, namespaces and activities are denied', async (t) => {
  const queue = own('queues');
  const role = await provision([queue]);
  const both = await provision([queue, `${queue}-activity`], 'shop');
  await as(role, async (client) => {
    const routes: [object, string][] = [
      [{ queue, workflow: 'w' }, 'ok'],
      [{ queue, namespace: 'durable', workflow: 'other' }, 'ok'],
      [{ queue }, 'WF701'],
      [{ queue, workflow: '' }, 'WF101'],
      [{ queue: 'other', workflow: 'w' }, 'WF701'],
      [{ queue, namespace: 'shop', workflow: 'w' }, 'WF701'],
      [{ queue: `${queue}%`, workflow: 'w' }, 'WF701'],
    ];
    const worker = await register(client, { queue, workflow: 'w' });
    const add = 'select ratchet.add_routes($1, $2)';
    for (const [route, code] of routes) {
      t.is(await codeOf(register(client, route)), code, JSON.stringify(route));
      const added = client.query(add, [worker, JSON.stringify([{ queue, workflow: 'w' }, route])]);
      t.is(await codeOf(added), code, JSON.stringify(route));
    }
  });
  await as(both, async (client) => {
    t.is(await codeOf(register(client, { queue, namespace: 'shop' })), 'ok');
    t.is(await codeOf(register(client, { queue, namespace: 'shop', workflow: 'w' })), 'ok');
    t.is(await codeOf(register(client, { queue, workflow: 'w' })), 'WF701');
  });
});

test.serial('19: workers, histories and results of others are out of reach', async (t) => {
  const queue = own('others');
  const role = await provision([queue]);
  const other = await sql.worker('other');
  const job = await sql.start('other', own('victim'), ['secret']);
  await sql.exchange(other);
  await sql.exchange(other, { steps: [{ job, position: 1, value: 'secret' }] });
  await as(role, async (client) => {
    const attacks = [
      `select * from ratchet.exchange(${other}, 1, 1)`,
      `select * from ratchet.exchange(${other}, 0, 0, p_end_jobs => '{${job}}',
        p_end_results => array['1'::json], p_end_errors => array[null::json])`,
      `select * from ratchet.held_work(${other})`,
      `select * from ratchet.evict(${other}, '{${job}}', '{1}')`,
      `select * from ratchet.claim_activity(${other})`,
      `select ratchet.complete(${other}, ${job}, 1, 1, '1')`,
      `select ratchet.fail(${other}, ${job}, 1, 1, 'x')`,
      `select ratchet.add_routes(${other}, '[]')`,
    ];
    for (const attack of attacks) t.is(await codeOf(client.query(attack)), 'WF701', attack);
    t.is(await codeOf(client.query('select * from ratchet.held_work(999999)')), 'WF401');
    const beat = await client.query(`select ratchet.heartbeat(${other}) as is_alive`);
    t.deepEqual(beat.rows, [{ is_alive: false }]);
    await client.query(`select ratchet.unregister_worker(${other})`);
    t.is((await client.query(`select * from ratchet.history('{${job}}')`)).rows.length, 0);
    // With a worker of its own it can neither end a job that another holds nor read its result.
    const worker = await register(client, { queue, workflow: queue });
    await exchange(client, worker, {
      ends: [{ job, result: 'stolen' }],
      steps: [{ job, position: 2, value: 'stolen' }],
      failures: [{ job }],
      plans: [{ job, position: 3, kind: 'sleep', delay: 0 }],
    });
  });
  t.deepEqual(await sql.rows('select status from ratchet.jobs where id = $1', [job]), [
    { status: 1 },
  ]);
  t.is((await sql.rows('select * from ratchet.history($1)', [[job]])).length, 1);
  await sql.exchange(other, { ends: [{ job, result: 'kept' }] });
});

test.serial(
  '19: it runs its own jobs, awaits only children, and hears notifications',
  async (t) => {
    const queue = own('works');
    const role = await provision([queue, `${queue}-activity`]);
    const foreign = await sql.start('foreign', own('foreign'));
    const outside = await sql.worker('foreign');
    await sql.exchange(outside);
    await sql.exchange(outside, { ends: [{ job: foreign, result: 'secret' }] });
    await as(role, async (client) => {
      const worker = await register(client, { queue, workflow: queue }, { queue });
      let heard = 0;
      client.on('notification', () => (heard += 1));
      await client.query('listen ratchet');
      await exchange(client, worker, { idle: true });
      const job = await sql.start(queue, own('mine'), ['a']);
      const [start] = await exchange(client, worker);
      t.like(start, { kind: 'start', job_id: job, input: ['a'] });
      const input = [{ job, position: 1, kind: 'activity', queue, input: ['b'] }];
      const await_ = { job, position: 2, kind: 'await', options: { id: own('foreign') } };
      const work = await exchange(client, worker, { plans: [...input, await_] });
      const activity = work.find(({ kind }) => kind === 'activity');
      const refused = work.find(({ kind }) => kind === 'result');
      t.like(activity, { job_id: job, position: 1, input: ['b'] });
      t.like(refused, { position: 2, is_failed: true });
      t.regex(String(refused?.value), /not found/);
      const reports = [{ job, position: 1, attempt: 1, value: 'c' }];
      t.like(await exchange(client, worker, { reports }), [{ kind: 'result', position: 1 }]);
      const history = await client.query('select name from ratchet.history($1)', [[job]]);
      t.is(history.rows.length, 2);
      await exchange(client, worker, { ends: [{ job, result: 'done' }] });
      t.is(heard, 1);
      t.is(await sql.value('select ratchet.result($1)', [own('mine')]), 'done');
      await client.query('select ratchet.unregister_worker($1)', [worker]);
    });
  },
);

test.serial('19: a password that was rotated, and a role that was revoked', async (t) => {
  const queue = own('revoked');
  const role = await provision([queue]);
  const rotated = await sql.value<string>('select ratchet.rotate_worker_password($1)', [
    role.role_name,
  ]);
  const renewed = { ...role, password: rotated };
  t.is(await codeOf(login(role)), '28P01');
  const client = await login(renewed);
  const worker = await register(client, { queue, workflow: queue });
  const job = await sql.start(queue, own('handed-on'));
  t.is((await exchange(client, worker)).length, 1);
  await sql.rows('select ratchet.revoke_worker_role($1)', [role.role_name]);
  await sql.rows('select ratchet.revoke_worker_role($1)', [role.role_name]);
  t.is(await codeOf(client.query(`select * from ratchet.exchange(${worker}, 1, 1)`)), '42501');
  t.is(await codeOf(register(client, { queue, workflow: queue })), '42501');
  await client.end();
  t.is(await codeOf(login(renewed)), '28000');
  const rotate = sql.rows('select ratchet.rotate_worker_password($1)', [role.role_name]);
  t.is(await codeOf(rotate), 'WF104');
  const roles = 'select * from ratchet.worker_roles where role_name = $1';
  const [row] = await sql.rows(roles, [role.role_name]);
  t.deepEqual(row?.['queues'], [queue]);
  t.true(row?.['revoked_at'] >= row?.['last_rotated_at']);
  // What it held is free, to be run carefully.
  const next = await sql.worker(queue);
  t.like(await sql.exchange(next), [{ kind: 'careful', job_id: job }]);
  await sql.exchange(next, { ends: [{ job, result: null }] });
  // Provisioning takes the revocation back.
  const back = await provision([queue]);
  await as(back, async (again) => {
    t.is(await codeOf(register(again, { queue, workflow: queue })), 'ok');
  });
});

test.serial(
  '19: a role named like one, and provisioned by nobody, may serve nothing',
  async (t) => {
    const name = `hmsh_wrk_${own('forged')}`;
    made.add(name);
    await sql.rows(`create role ${name} login password 'forged-forged'`);
    await sql.rows(`select ratchet.grant_access('${name}', 'worker')`);
    await as({ role_name: name, password: 'forged-forged' }, async (client) => {
      t.is(await codeOf(register(client, { queue: 'q', workflow: 'w' })), 'WF701');
      t.is(await codeOf(register(client)), 'ok', 'one that serves nothing');
    });
  },
);
