import type { Client } from 'pg';
import type { Server } from './server';

const TOP = `
  select round(total_exec_time)::int as ms, calls::int, rows::int,
    round((shared_blks_hit + shared_blks_dirtied)::numeric / greatest(rows, 1), 1)::text as blocks,
    wal_bytes::text as wal,
    replace(datname, 'bench_', '') as database,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 110) as query
  from bench_meter.pg_stat_statements join pg_database d on d.oid = dbid
  where datname not in ('bench_limit', 'postgres')
  order by total_exec_time desc limit 36`;

export async function forgetStatements(client: Client): Promise<void> {
  await client.query('select bench_meter.pg_stat_statements_reset()');
}

/**
 * Prints where the engine spent its time, in all of its databases; an outer statement contains
 * those inside it.
 */
export async function printStatements(server: Server): Promise<void> {
  const { client } = await server.database('ours');
  const { rows } = await client.query(TOP);
  console.log('\n      ms  calls     rows  blocks/row  WAL bytes  database  statement');
  for (const { ms, calls, rows: count, blocks, wal, database, query } of rows) {
    const cells = [String(ms).padStart(8), String(calls).padStart(6), String(count).padStart(8)];
    console.log(
      cells.join(' '),
      String(blocks).padStart(10),
      String(wal).padStart(11),
      ` ${String(database).padEnd(8)}  ${query}`,
    );
  }
}
