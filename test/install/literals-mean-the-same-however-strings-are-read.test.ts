import test, { type ExecutionContext } from 'ava';
import { Client } from 'pg';
import { migrate } from '../../driver/database/migrate';
import { assertInvariants, emptyDatabase, testDatabase } from '../support/cluster';
import { codeOf } from '../support/engine';

const json = (value: unknown) => JSON.stringify(value);

/** The engine in a database where a backslash in any literal begins an escape, as long ago. */
async function oldEngine(t: ExecutionContext): Promise<Client> {
  const { url, pool } = await emptyDatabase(t);
  const name = new URL(url).pathname.slice(1);
  await pool.query(`alter database ${name} set standard_conforming_strings = off`);
  await migrate({ connectionString: url });
  const client = new Client({ connectionString: url });
  await client.connect();
  t.teardown(() => client.end());
  t.is(await one(client, `current_setting('standard_conforming_strings')`), 'off');
  return client;
}

async function one(on: Pick<Client, 'query'>, expression: string, values: unknown[] = []) {
  const { rows } = await on.query<{ it: unknown }>(`select to_json(${expression}) as it`, values);
  return rows[0]?.it;
}

/** Whatever was read when it was made: SQL functions, views and checks are kept as trees. */
const DEFINITIONS = `
  with space as (select oid from pg_namespace where nspname like 'ratchet%')
  select pg_get_functiondef(p.oid) as made from pg_proc p join space on space.oid = pronamespace
  union all select pg_get_viewdef(c.oid) from pg_class c join space on space.oid = relnamespace
    where relkind = 'v'
  union all select pg_get_constraintdef(c.oid) from pg_constraint c
    join space on space.oid = connamespace
  order by made`;

const GRAPH = {
  subscribes: 'order.placed',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    note: {
      type: 'hook',
      job: {
        maps: {
          'kept[_]': { _of: '{start.output.data.id}', other: 1 },
          at: { '@pipe': [['{start.output.data.text}', 'b\\s+c'], ['{@string.search}']] },
        },
      },
    },
  },
  transitions: { start: [{ to: 'note' }] },
};

test('what is installed is the same', async (t) => {
  const client = await oldEngine(t);
  // It also says how literals are shown.
  await client.query('set standard_conforming_strings = on');
  const { pool } = await testDatabase(t);
  const [there, here] = await Promise.all([client.query(DEFINITIONS), pool.query(DEFINITIONS)]);
  t.true(here.rows.length > 500);
  t.deepEqual(there.rows, here.rows);
});

test('options, documents, cron expressions and patterns are read', async (t) => {
  const client = await oldEngine(t);
  const value = (expression: string, values?: unknown[]) => one(client, expression, values);
  const code = (expression: string, values?: unknown[]) => codeOf(value(expression, values));

  const start = 'ratchet.start_workflow($1, $2, p_id => $3, p_options => $4)';
  const options = { expire: 5.5, retry: { maximumAttempts: 3 }, search: { data: { a: 'b' } } };
  t.is(await code(start, ['w', '["\\u0000"]', 'one', json(options)]), 'ok');
  t.is(await code(start, ['w', '[]', 'two', '{"entity": "\\u0000"}']), 'WF105');
  t.is(await code(start, ['w', '[]', 'line\n', null]), 'WF101');
  const routes = [{ queue: 'w', workflow: 'w' }];
  t.is(await code(`ratchet.register_worker('w', $1)`, [json(routes)]), 'ok');
  t.is(await code(`ratchet.create_schedule('s', 'w', ' 30 8 * * mon-fri')`), 'ok');
  t.is(await code(`ratchet.create_schedule('s2', 'w', '30 8')`), 'WF108');
  const task = { expiresAt: '2031-02-03T04:05:06.7Z', role: 'r' };
  t.like(await value('ratchet.create_escalation($1)', [json(task)]), { role: 'r' });
  t.is(await code(`ratchet.count_escalations('{"ids": ["x"]}')`), 'WF104');
  const ids = ['0190163d-8694-739b-aea5-966c26f8ad91'];
  t.is(await value(`ratchet.count_escalations($1)`, [json({ ids })]), 0);

  const document = { app: { id: 'shop', version: '1.2', graphs: [GRAPH] } };
  t.is(await code('ratchet.deploy($1)', [json(document)]), 'ok');
  t.is(await code(`ratchet.activate('1.2', 'shop')`), 'ok');
  const payload = { id: 'o', text: 'ab  c' };
  t.like(await value(`ratchet.publish('order.placed', $1, 'shop')`, [json(payload)]), {
    ...{ job_id: 'o', status: 0, data: { at: 1 } },
  });
  await assertInvariants(client);
});
