import { setTimeout as pause } from 'node:timers/promises';
import anyTest, { type TestFn } from 'ava';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../../driver/database/embedded';
import {
  createListener,
  type Listener,
  type ListenerOptions,
} from '../../driver/database/listener';

const test = anyTest as TestFn<{ server: EmbeddedPostgres }>;

test.before(async (t) => {
  t.context.server = await startEmbedded({ settings: { fsync: 'off' } });
});
test.after.always((t) => t.context.server.stop());

interface Heard {
  listener: Listener;
  payloads: string[];
  errors: unknown[];
  connects: number;
}

function listen(server: EmbeddedPostgres, options: Partial<ListenerOptions> = {}): Heard {
  const heard: Omit<Heard, 'listener'> = { payloads: [], errors: [], connects: 0 };
  const listener = createListener({
    connection: { connectionString: server.connectionString },
    onNotify: (_channel, payload) => heard.payloads.push(payload),
    onListening: () => (heard.connects += 1),
    onError: (error) => heard.errors.push(error),
    ...options,
  });
  listener.listenTo('Odd "channel"');
  return Object.assign(heard, { listener });
}

async function until(what: string, holds: () => boolean, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await pause(20);
  }
}

async function query<Row>(server: EmbeddedPostgres, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: server.connectionString });
  await client.connect();
  try {
    return (await client.query<Row & object>(sql)).rows;
  } finally {
    await client.end();
  }
}

const notify = (server: EmbeddedPostgres, payload: string) =>
  query(server, `select pg_notify('Odd "channel"', '${payload}')`);

const listeners = (server: EmbeddedPostgres) =>
  query<{ pid: number; in_transaction: boolean }>(
    server,
    `select pid, xact_start is not null as in_transaction from pg_stat_activity
     where application_name = 'pgratchet listener'`,
  );

test.serial('a notification arrives as its text, an empty one too', async (t) => {
  const heard = listen(t.context.server);
  await until('it listens', () => heard.connects === 1);
  await notify(t.context.server, 'not {json');
  await notify(t.context.server, '');
  await until('both came', () => heard.payloads.length === 2);
  t.deepEqual(heard.payloads, ['not {json', '']);
  t.false((await listeners(t.context.server))[0]?.in_transaction);
  await heard.listener.close();
  await notify(t.context.server, 'too late');
  t.is((await listeners(t.context.server)).length, 0);
  t.is(heard.payloads.length, 2);
  t.deepEqual(heard.errors, []);
});

test.serial('a database that is down at the start is waited for', async (t) => {
  await t.context.server.kill();
  const heard = listen(t.context.server);
  await until('some attempts failed', () => heard.errors.length >= 3);
  t.is(heard.connects, 0);
  await t.context.server.restart();
  await until('it listens', () => heard.connects === 1);
  await notify(t.context.server, 'hello');
  await until('it came', () => heard.payloads.length === 1);
  await heard.listener.close();
});

test.serial('it comes back from a crash, with one rescan and one connection', async (t) => {
  const heard = listen(t.context.server);
  await until('it listens', () => heard.connects === 1);
  await t.context.server.kill();
  await until('the loss was told', () => heard.errors.length >= 1);
  await pause(4_000); // longer than pg-listen alone goes on
  await t.context.server.restart();
  await until('it listens again', () => heard.connects === 2);
  await notify(t.context.server, 'after');
  await until('it came', () => heard.payloads.length === 1);
  t.is((await listeners(t.context.server)).length, 1);
  await heard.listener.close();
  t.is((await listeners(t.context.server)).length, 0);
});

test.serial('it comes back each time its session is ended', async (t) => {
  const heard = listen(t.context.server);
  for (let round = 1; round <= 5; round += 1) {
    await until('it listens', () => heard.connects === round);
    const [session] = await listeners(t.context.server);
    await query(t.context.server, `select pg_terminate_backend(${session?.pid})`);
  }
  await until('it listens', () => heard.connects === 6);
  t.is((await listeners(t.context.server)).length, 1);
  await heard.listener.close();
});

test.serial('a peer that stops answering is left', async (t) => {
  const heard = listen(t.context.server, { checkIntervalMs: 500 });
  await until('it listens', () => heard.connects === 1);
  const [session] = await listeners(t.context.server);
  const pid = session?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    await until('it listens again', () => heard.connects === 2, 5_000);
    await notify(t.context.server, 'heard by the second');
    await until('it came', () => heard.payloads.length === 1);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  t.deepEqual(heard.payloads, ['heard by the second']);
  await heard.listener.close();
});

test.serial('closing ends soon with a silent peer, and with none', async (t) => {
  const silent = listen(t.context.server);
  await until('it listens', () => silent.connects === 1);
  const pid = (await listeners(t.context.server))[0]?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  const started = Date.now();
  await silent.listener.close();
  process.kill(pid, 'SIGCONT');
  t.true(Date.now() - started < 2_000);

  await t.context.server.kill();
  const none = listen(t.context.server);
  await until('attempts fail', () => none.errors.length >= 2);
  await none.listener.close();
  await none.listener.close();
  const told = none.errors.length;
  await t.context.server.restart();
  await pause(1_000);
  t.is(none.connects, 0);
  t.is(none.errors.length, told);
  t.is((await listeners(t.context.server)).length, 0);
});

test.serial('closing before it could connect leaves nothing', async (t) => {
  const heard = listen(t.context.server);
  await heard.listener.close();
  await pause(300);
  t.is(heard.connects, 0);
  t.is((await listeners(t.context.server)).length, 0);
});
