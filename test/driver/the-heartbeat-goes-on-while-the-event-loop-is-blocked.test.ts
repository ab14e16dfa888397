import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import anyTest, { type TestFn } from 'ava';
import { Pool } from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../../driver/database/embedded';
import { BeatThread } from '../../driver/engine/beat-thread';
import { type HeartbeatOptions, startHeartbeat } from '../../driver/engine/heartbeat';
import { blockEventLoop } from '../support/block';

const test = anyTest as TestFn<{ server: EmbeddedPostgres; pool: Pool }>;

/** Stands in for the engine: remembers each beat; a worker is dead when the test says so. */
const STAND_IN = `
  create schema ratchet;
  create table ratchet.beats (worker_id bigint, at timestamptz default clock_timestamp());
  create table ratchet.dead (worker_id bigint);
  create function ratchet.heartbeat(p_worker_id bigint) returns boolean language sql as $$
    insert into ratchet.beats (worker_id) values (p_worker_id);
    select not exists (select from ratchet.dead where worker_id = p_worker_id);
  $$`;

test.before(async (t) => {
  const server = await startEmbedded({ settings: { fsync: 'off' } });
  const pool = new Pool({ connectionString: server.connectionString });
  pool.on('error', () => undefined);
  await pool.query(STAND_IN);
  t.context = { server, pool };
});
test.after.always(async (t) => {
  await t.context.pool.end();
  await t.context.server.stop();
});

type Context = { server: EmbeddedPostgres; pool: Pool };

function start({ server }: Context, options: Partial<HeartbeatOptions> & { workerId: string }) {
  const told = { lost: [] as string[], errors: [] as unknown[], warnings: [] as string[] };
  const heartbeat = startHeartbeat({
    pgConfig: { connectionString: server.connectionString },
    intervalMs: 100,
    onLost: (workerId) => told.lost.push(workerId),
    onError: (error) => told.errors.push(error),
    onWarning: (message) => told.warnings.push(message),
    ...options,
  });
  return Object.assign(told, { heartbeat });
}

async function beats({ pool }: Context, workerId: string): Promise<number> {
  const sql = 'select count(*)::int as n from ratchet.beats where worker_id = $1';
  return (await pool.query<{ n: number }>(sql, [workerId])).rows[0]?.n ?? 0;
}

async function connections({ pool }: Context): Promise<number> {
  const sql = `select count(*)::int as n from pg_stat_activity
    where application_name = 'pgratchet heartbeat'`;
  return (await pool.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await pause(20);
  }
}

test.serial('beats go on while the event loop is blocked, and end with stop', async (t) => {
  const { heartbeat, errors, lost, warnings } = start(t.context, { workerId: '1' });
  await until('it beats', async () => (await beats(t.context, '1')) > 0);
  const before = await beats(t.context, '1');
  blockEventLoop(2_000);
  const during = (await beats(t.context, '1')) - before;
  t.true(during >= 10, `${during} beats in 2 s`);
  await heartbeat.stop();
  const atEnd = await beats(t.context, '1');
  await pause(400);
  t.is(await beats(t.context, '1'), atEnd);
  t.deepEqual([errors, lost, warnings], [[], [], []]);
});

test.serial(
  'a process that is stuck for too long loses its lease, and beats again later',
  async (t) => {
    const { heartbeat } = start(t.context, { workerId: '2', maxBlockedMs: 800 });
    await until('it beats', async () => (await beats(t.context, '2')) > 0);
    blockEventLoop(4_000);
    const gap = await t.context.pool.query<{ seconds: number }>(
      `select extract(epoch from clock_timestamp() - max(at))::float8 as seconds
     from ratchet.beats where worker_id = 2 and at < clock_timestamp() - interval '1 second'`,
    );
    t.true((gap.rows[0]?.seconds ?? 0) > 2, `last beat ${gap.rows[0]?.seconds} s ago`);
    const stuck = await beats(t.context, '2');
    await until('it beats again', async () => (await beats(t.context, '2')) > stuck + 2);
    await heartbeat.stop();
  },
);

test.serial('a lost worker is told once, and a new id beats again', async (t) => {
  const { heartbeat, lost } = start(t.context, { workerId: '3' });
  await until('it beats', async () => (await beats(t.context, '3')) > 0);
  await t.context.pool.query('insert into ratchet.dead values (3)');
  await until('the loss is told', () => lost.length > 0);
  const atLoss = await beats(t.context, '3');
  await pause(400);
  t.is(await beats(t.context, '3'), atLoss);
  heartbeat.setWorkerId('9007199254740993');
  await until('it beats', async () => (await beats(t.context, '9007199254740993')) > 2);
  t.deepEqual(lost, ['3']);
  await heartbeat.stop();
});

test.serial('a lease that ends before its first beat is due costs no connection', async (t) => {
  const { heartbeat, errors } = start(t.context, { workerId: '5', intervalMs: 60_000 });
  await pause(1_000);
  t.is(await connections(t.context), 0);
  await heartbeat.stop();
  t.is(await beats(t.context, '5'), 0);
  t.deepEqual(errors, []);
});

test.serial('it connects again after a crash of the server', async (t) => {
  const { heartbeat, errors } = start(t.context, { workerId: '4' });
  await until('it beats', async () => (await beats(t.context, '4')) > 0);
  await t.context.server.kill();
  await until('the failures are told', () => errors.length >= 3);
  t.true(errors.every((error) => error instanceof Error));
  await t.context.server.restart();
  const before = await beats(t.context, '4');
  await until('it beats again', async () => (await beats(t.context, '4')) > before + 2);
  await heartbeat.stop();
});

test.serial('a password callback makes it beat on the main thread, with a warning', async (t) => {
  const {
    hostname: host,
    port,
    username: user,
    password,
  } = new URL(t.context.server.connectionString);
  const pgConfig = {
    host,
    port: Number(port),
    user,
    password: () => password,
    database: 'postgres',
  };
  const { heartbeat, warnings, errors } = start(t.context, { workerId: '5', pgConfig });
  await until('it beats', async () => (await beats(t.context, '5')) > 2);
  t.is(warnings.length, 1);
  t.deepEqual(errors, []);
  await heartbeat.stop();
});

test.serial('the hidden password of pool options is found', async (t) => {
  const {
    hostname: host,
    port,
    username: user,
    password,
  } = new URL(t.context.server.connectionString);
  const hidden = new Pool({ host, port: Number(port), user, password, database: 'postgres' });
  const { heartbeat, warnings } = start(t.context, { workerId: '6', pgConfig: hidden.options });
  await until('it beats', async () => (await beats(t.context, '6')) > 0);
  t.deepEqual(warnings, []);
  await heartbeat.stop();
});

test.serial('the leases of a process share a thread, and none ends with another', async (t) => {
  const first = start(t.context, { workerId: '10' });
  const thread = BeatThread.get();
  const second = start(t.context, { workerId: '11' });
  t.is(BeatThread.get(), thread);
  await until('both beat', async () => {
    return (await beats(t.context, '10')) > 0 && (await beats(t.context, '11')) > 0;
  });
  await first.heartbeat.stop();
  const [stopped, going] = [await beats(t.context, '10'), await beats(t.context, '11')];
  await until('it beats on', async () => (await beats(t.context, '11')) > going + 2);
  t.is(await beats(t.context, '10'), stopped);
  await second.heartbeat.stop();
  await until('a thread without a lease ends', () => BeatThread.get() !== thread);
});

test.serial('where the thread ends, the main thread beats and warns', async (t) => {
  const { heartbeat, warnings } = start(t.context, { workerId: '12' });
  await until('it beats', async () => (await beats(t.context, '12')) > 0);
  await (BeatThread.get() as unknown as { worker: Worker }).worker.terminate();
  const before = await beats(t.context, '12');
  await until('it beats on', async () => (await beats(t.context, '12')) > before + 2);
  t.regex(warnings[0] ?? '', /^The heartbeat thread ended: .* costs the lease$/);
  await heartbeat.stop();
});

test.serial('stopping ends soon when the server does not answer', async (t) => {
  const { heartbeat } = start(t.context, { workerId: '7' });
  await until('it beats', async () => (await beats(t.context, '7')) > 0);
  const { rows } = await t.context.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'pgratchet heartbeat'`,
  );
  const pid = rows[0]?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await pause(200);
  const started = Date.now();
  await heartbeat.stop();
  process.kill(pid, 'SIGCONT');
  t.true(Date.now() - started < 2_000);
});

const root = join(__dirname, '..', '..');
const PROGRAM = `
  const { startHeartbeat } = require(process.argv[1]);
  const { Client } = require('pg');
  const connectionString = process.argv[2];
  const fail = (what) => { console.error(what); process.exit(1); };
  const config = { intervalMs: 100, onLost: fail, onError: fail, onWarning: fail };
  startHeartbeat({ pgConfig: { connectionString }, workerId: process.argv[3], ...config });
  setTimeout(() => console.log('done'), 2000);`;

for (const [name, workerId, flags, file] of [
  ['sources', '8', ['--require=tsx/cjs'], join(root, 'driver', 'engine', 'heartbeat.ts')],
  ['dist', '9', [], join(root, 'dist', 'engine', 'heartbeat.js')],
] as const) {
  test.serial(`run from ${name}, it has its thread and keeps no process alive`, async (t) => {
    const args = [...flags, '-e', PROGRAM, file, t.context.server.connectionString, workerId];
    const options = { cwd: root, timeout: 15_000 };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    t.is(stdout, 'done\n');
    t.true((await beats(t.context, workerId)) > 2);
  });
}
