import test from 'ava';
import { testDatabase } from '../support/cluster';

test('every object and every public column has a comment', async (t) => {
  const { pool } = await testDatabase(t);
  const { rows } = await pool.query(`
    select * from (
      select 'function ' || p.oid::regprocedure as name, obj_description(p.oid, 'pg_proc') as text
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('ratchet', 'ratchet_internal')
      union all
      select 'relation ' || c.oid::regclass, obj_description(c.oid, 'pg_class')
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('ratchet', 'ratchet_internal') and c.relkind in ('r', 'v', 'm', 'p')
      union all
      select format('column %s.%s', c.oid::regclass, a.attname),
        col_description(c.oid, a.attnum)
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'ratchet' and c.relkind in ('r', 'v', 'p') and a.attnum > 0
        and not a.attisdropped
      union all
      select 'type ' || t.oid::regtype, obj_description(t.oid, 'pg_type')
      from pg_type t join pg_namespace n on n.oid = t.typnamespace
      left join pg_class c on c.oid = t.typrelid
      where n.nspname in ('ratchet', 'ratchet_internal')
        and (t.typtype = 'd' or c.relkind = 'c')
      union all
      select 'schema ' || n.nspname, obj_description(n.oid, 'pg_namespace') from pg_namespace n
      where n.nspname in ('ratchet', 'ratchet_internal')
    ) o where text is null order by 1`);
  t.deepEqual(rows, []);
});
