import type { engine } from './engine';

/** From now on statistics are those of the last analyze: autovacuum would have plans made anew. */
export async function keepStatistics(sql: ReturnType<typeof engine>): Promise<void> {
  const tables = await sql.rows<{ name: string }>(`select oid::regclass::text as name
    from pg_class where relkind = 'r' and relnamespace in ('ratchet'::regnamespace,
      'ratchet_internal'::regnamespace)`);
  for (const { name } of tables) {
    await sql.rows(`alter table ${name} set (autovacuum_enabled = off)`);
  }
}
