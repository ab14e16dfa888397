import test from 'ava';
import { testDatabase } from '../support/cluster';

test('identities are bigint', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select c.oid::regclass || '.' || a.attname as name
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname in ('ratchet', 'ratchet_internal')
      and (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%')
      and a.atttypid <> 'int8'::regtype
      -- The shape of this table is node-pg-migrate's.
      and c.oid <> 'ratchet_internal.migrations'::regclass
    order by 1`);
  t.deepEqual(rows, []);
});
