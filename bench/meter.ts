import { readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** What has been done up to now; the difference of two is the cost of what was between. */
export interface Reading {
  /** Of the whole server: nothing else runs on it. */
  walBytes: number;
  transactions: number;
  /** Statements that programs have sent to this database. */
  statements: number;
  /** Notifications sent in this database, if they are counted there. */
  notifies: number | undefined;
  /** CPU time of all processes of the server but the measurer's; undefined where none is told. */
  postgresMs: number | undefined;
}

/** Reads what a database, and the server it is on, have done. */
export interface Meter {
  read(): Promise<Reading>;
  /** Size of the database's tables with their indexes. */
  bytes(): Promise<number>;
}

/** The role of the measurer's own statements, which do not count. */
export const METER_ROLE = 'bench_meter';

/** Installs what counts statements, out of the way of everything else in the database. */
export const METER_SQL = `create schema bench_meter;
  create extension pg_stat_statements schema bench_meter`;

const READ = `
  select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as wal,
    pg_snapshot_xmax(pg_current_snapshot())::text::float8 as xid,
    (select coalesce(sum(calls), 0)::float8 from bench_meter.pg_stat_statements(false)
      where toplevel and userid <> '${METER_ROLE}'::regrole
        and dbid = (select oid from pg_database where datname = current_database())) as calls`;

const BYTES = `
  select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const TICK_MS = 10;

/** CPU time of a process in ms, to the nanosecond; none if it has just ended. */
function ranMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}

/** CPU time in ms of a postmaster and its children, those that have ended included. */
function serverMs(postmaster: number, without: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
    const stat = readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(') ')[1] ?? '';
    const [utime = 0, stime = 0] = stat.split(' ').slice(13, 15).map(Number); // of ended children
    const live = children.trim().split(' ').map(Number);
    const counted = [postmaster, ...live].filter((pid) => pid !== without);
    return counted.reduce((sum, pid) => sum + ranMs(pid), (utime + stime) * TICK_MS);
  } catch {
    return undefined; // no /proc here
  }
}

/** Reads through the measurer's connection; with channels it counts what is notified on them. */
export async function openMeter(
  client: Client,
  postmaster: () => number | undefined,
  channels?: readonly string[],
): Promise<Meter> {
  const own = (await client.query('select pg_backend_pid() as pid')).rows[0].pid as number;
  let heard = 0;
  client.on('notification', () => (heard += 1));
  for (const channel of channels ?? []) await client.query(`listen ${channel}`);
  return {
    async read() {
      const [{ wal, xid, calls }] = (await client.query(READ)).rows as [Record<string, number>];
      const pid = postmaster();
      return {
        walBytes: wal ?? NaN,
        transactions: xid ?? NaN,
        statements: calls ?? NaN,
        notifies: channels === undefined ? undefined : heard,
        postgresMs: pid === undefined ? undefined : serverMs(pid, own),
      };
    },
    async bytes() {
      return (await client.query(BYTES)).rows[0].bytes;
    },
  };
}
