import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Client, type ClientConfig, type Pool } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';

const JOBS = 20;
const STEPS = 20;
const OUTAGE_MS = 700;

const activities = {
  async step(n: number) {
    await pause(20);
    return n;
  },
};
const { step } = Durable.workflow.proxyActivities<typeof activities>({ activities });

async function sums() {
  let sum = 0;
  for (let i = 0; i < STEPS; i += 1) sum += await step(1);
  return sum;
}

interface Outage {
  begin(): unknown;
  end(): unknown;
}

/** Runs jobs over connections that cannot be made anew for a while, under one role. */
async function survive(
  t: ExecutionContext,
  connectionOf: (url: URL) => ClientConfig,
  outageOf: (admin: Pool, role: string) => Outage,
  isAwaited = true,
) {
  const { url, pool } = await testDatabase(t);
  const role = `login_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await pool.query(`create role ${role} login superuser password 'known'`);
  t.teardown(() => pool.query(`drop role ${role}`));
  t.teardown(() => Durable.shutdown());
  const own = Object.assign(new URL(url), { username: role, password: 'known' });
  const connection = { class: Client, options: { ...connectionOf(own) } } as const;
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sums });
  const client = new Durable.Client({ connection });
  const ids = Array.from({ length: JOBS }, (_, i) => `job-${i}`);
  await client.workflow.startMany(
    { taskQueue: 'q', workflowName: 'sums' },
    ids.map((workflowId) => ({ workflowId, args: [] })),
  );
  const result = () =>
    Promise.all(ids.map((id) => client.workflow.getHandle('q', 'sums', id).result()));
  const results = isAwaited ? result() : undefined;
  const outage = outageOf(pool, role);
  for (let time = 0; time < 2; time += 1) {
    await pause(150);
    await outage.begin();
    await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
      role,
    ]);
    await pause(OUTAGE_MS);
    await outage.end();
  }
  t.deepEqual(
    await (results ?? result()),
    Array.from({ length: JOBS }, () => STEPS),
  );
}

test.serial('the role may not log in', async (t) => {
  await survive(
    t,
    ({ href }) => ({ connectionString: href }),
    (admin, role) => ({
      begin: () => admin.query(`alter role ${role} nologin`),
      end: () => admin.query(`alter role ${role} login`),
    }),
  );
});

test.serial('its password is another', async (t) => {
  await survive(
    t,
    ({ href }) => ({ connectionString: href }),
    (admin, role) => ({
      begin: () => admin.query(`alter role ${role} password 'other'`),
      end: () => admin.query(`alter role ${role} password 'known'`),
    }),
  );
});

test.serial('whoever gives the password is away', async (t) => {
  let isAway = false;
  /** Fails before it says anything to the server. */
  class AskingClient extends Client {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- with a callback or without
    override connect(...args: any[]): any {
      if (!isAway) return (super.connect as (...given: unknown[]) => unknown)(...args);
      const error = new TypeError('fetch failed');
      const [callback] = args as [((error: Error) => void)?];
      if (callback === undefined) return Promise.reject(error);
      setImmediate(callback, error);
    }
  }
  await survive(
    t,
    ({ href }) => ({ connectionString: href, Client: AskingClient }) as ClientConfig,
    () => ({
      begin: () => (isAway = true),
      end: () => (isAway = false),
    }),
  );
});

test.serial('the role may not call the engine, as whoever waits for results is told', async (t) => {
  await survive(
    t,
    ({ href }) => ({ connectionString: href }),
    (admin, role) => ({
      begin: () => admin.query(`alter role ${role} nosuperuser`),
      end: () => admin.query(`alter role ${role} superuser`),
    }),
    false,
  );
});
