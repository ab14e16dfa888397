import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { Pool } from 'pg';
import { Durable } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor, within } from '../support/wait-for';

// Issue item 7: what an activity writes in its transaction commits with the step's result.

const { activity, workflow } = Durable;
const WRITE = 'insert into entries (label) values ($1)';

const once = new Map<string, (() => Promise<unknown>) | undefined>();
/** Does what a test has asked for at this place, once. */
async function at(place: string) {
  const act = once.get(place);
  once.delete(place);
  await act?.();
}

const activities = {
  async write(label: string) {
    const part = await activity.transaction(async (client) => {
      await client.query(WRITE, [label]);
      await at(`inside ${label}`);
      return 'of the part';
    });
    await at(`after ${label}`);
    return `${label} ${part}`;
  },
  async twice(label: string) {
    await activity.transaction((client) => client.query(WRITE, [`${label} 1`]));
    const refused = activity.transaction(async (client) => {
      await client.query(WRITE, [`${label} taken back`]);
      throw new Error('no');
    });
    await refused.catch(() => undefined);
    await activity.transaction((client) => client.query(WRITE, [`${label} 2`]));
    return label;
  },
  async overlapping(label: string) {
    return activity.transaction(async (outer) => {
      await outer.query(WRITE, [label]);
      return activity.transaction(async () => 1).catch((error: Error) => error.message);
    });
  },
  async committing(label: string) {
    await activity.transaction(async (client) => {
      await client.query(WRITE, [label]);
      await client.query('commit');
    });
  },
  async hasty(label: string) {
    const floating = activity.transaction(async (client) => {
      await client.query(WRITE, [label]);
      await pause(50);
    });
    floating.catch(() => undefined);
    return label;
  },
  async forms(label: string) {
    const codeOf = (part: Promise<unknown>) => part.catch((error: { code: string }) => error.code);
    return activity.transaction(async (client) => {
      const { query } = client as { query: (...given: unknown[]) => Promise<{ rows: object[] }> };
      const text = 'select $1::text as label';
      const calls = [
        [{ text, values: ['no'] }, [label]],
        [{ text }, [label]],
        [text, [label]],
      ];
      const read: unknown[] = [];
      for (const given of calls) read.push((await query(...given)).rows[0]);
      for (const given of [
        [text, [label], () => 1],
        ['select 1', () => 1],
      ]) {
        read.push(await codeOf(query(...given)));
      }
      return read;
    });
  },
  async workless() {
    return activity.transaction(5 as never).catch((error: { code: string }) => error.code);
  },
  async late(label: string) {
    const part = { query: async (): Promise<unknown> => undefined };
    await activity.transaction((client) => {
      part.query = () => client.query(WRITE, [label]);
    });
    return part.query().catch((error: Error) => error.message);
  },
  async deferred(label: string) {
    const insert = 'insert into entries (label, parent) values ($1, 404)';
    await activity.transaction((client) => client.query(insert, [label]));
  },
  async unwritable(label: string) {
    await activity.transaction((client) => client.query(WRITE, [label]));
    return { big: 10n };
  },
  async sleepy(label: string) {
    await activity.transaction((client) => client.query(WRITE, [label]));
    await pause(2_000);
  },
};

type Name = keyof typeof activities;

async function run(name: Name, label: string, taskQueue: string | null, maximumAttempts: number) {
  const retry = { ...AT_ONCE, maximumAttempts };
  const limit = name === 'sleepy' ? { startToCloseTimeout: 300 } : {};
  const queue = taskQueue === null ? {} : { taskQueue };
  const steps = workflow.proxyActivities<typeof activities>({ retry, ...limit, ...queue });
  return steps[name](label);
}

async function lab(t: Parameters<typeof durableTest>[0], max = 10) {
  const bed = await durableTest(t);
  await bed.pool.query(`create table entries (id int generated always as identity primary key,
      label text, parent int references entries deferrable initially deferred,
      xid xid8 default pg_current_xact_id());
    create table answers (xid xid8 default pg_current_xact_id());
    create function note() returns trigger language plpgsql
      as 'begin insert into public.answers default values; return null; end';
    create trigger note after update on ratchet.jobs_attributes for each row
      when (new.kind = 'activity') execute function note()`);
  const connection = { ...bed.connection, options: { ...bed.connection.options, max } };
  await Durable.registerActivityWorker({ connection, taskQueue: 'elsewhere' }, activities);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  let count = 0;
  const start = async (name: Name, queue: string | null = null, attempts = 2) => {
    const label = `${name}-${(count += 1)}`;
    const args = [name, label, queue, attempts] as [Name, string, string | null, number];
    const handle = await bed.client.workflow.start(run, { taskQueue: 'q', args });
    return { label, handle, result: within('the result', handle.result()) };
  };
  return { ...bed, start };
}

async function written(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ label: string }>('select label from entries order by id');
  return rows.map(({ label }) => label);
}

for (const [place, queue] of [
  ['in the workflow’s own process', null],
  ['claimed from a queue', 'elsewhere'],
] as const) {
  test.serial(`${place}: the writes and the returned value are one commit`, async (t) => {
    const { pool, start } = await lab(t);
    let seen = -1;
    once.set('after write-1', async () => {
      seen = (await written(pool)).length;
    });
    const { label, result } = await start('write', queue);
    t.is(await result, `${label} of the part`);
    t.is(seen, 0, 'nobody sees the writes before the activity returns');
    t.deepEqual(await written(pool), [label]);
    const { rows } = await pool.query(`select count(distinct xid)::int as n from (
      select xid from entries union all select xid from answers) each`);
    t.deepEqual(rows, [{ n: 1 }], 'one transaction wrote both');
  });

  test.serial(`${place}: an activity that throws afterwards has written nothing`, async (t) => {
    const { pool, start } = await lab(t);
    once.set('after write-1', () => Promise.reject(new Error('afterwards')));
    const { label, result } = await start('write', queue);
    t.is(await result, `${label} of the part`);
    t.deepEqual(await written(pool), [label], 'the second attempt alone');
  });

  test.serial(`${place}: a connection cut inside the transaction takes all back`, async (t) => {
    const { pool, start } = await lab(t);
    once.set('inside write-1', () =>
      pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction'`),
    );
    const { label, result } = await start('write', queue);
    t.is(await result, `${label} of the part`);
    t.deepEqual(await written(pool), [label]);
  });

  test.serial(`${place}: without a retry, what failed is not written`, async (t) => {
    const { pool, start } = await lab(t);
    once.set('after write-1', () => Promise.reject(new Error('afterwards')));
    const { result } = await start('write', queue, 0);
    await t.throwsAsync(result, { message: 'afterwards' });
    t.deepEqual(await written(pool), []);
  });
}

test.serial('two parts are one transaction; a part that throws is taken back alone', async (t) => {
  const { pool, start } = await lab(t);
  const { label, result } = await start('twice');
  t.is(await result, label);
  t.deepEqual(await written(pool), [`${label} 1`, `${label} 2`]);
});

test.serial(
  'misuse is refused, and writes nothing that the step does not answer for',
  async (t) => {
    const { pool, start } = await lab(t);
    const overlapping = await start('overlapping');
    t.regex((await overlapping.result) as string, /open already/);
    const hasty = await start('hasty', null, 0);
    await t.throwsAsync(hasty.result, { message: /before its transaction was over/ });
    const forms = await start('forms', null, 0);
    const label = { label: forms.label };
    t.deepEqual(await forms.result, [label, label, label, 'WF104', 'WF104']);
    t.is(await (await start('workless', null, 0)).result, 'WF104');
    const late = await start('late', null, 0);
    t.regex((await late.result) as string, /part of the transaction is over/);
    const deferred = await start('deferred', null, 0);
    await t.throwsAsync(deferred.result, { message: /foreign key/ });
    const unwritable = await start('unwritable', null, 0);
    await t.throwsAsync(unwritable.result, { message: /cannot be written as JSON/ });
    t.deepEqual(await written(pool), [overlapping.label]);
    // Nothing can take back what was committed by hand; the step says so instead of going on.
    const committing = await start('committing', null, 0);
    await t.throwsAsync(committing.result, { message: /ended inside of it/ });
    await t.throwsAsync(
      activity.transaction(async () => 1),
      { code: 'WF303' },
    );
  },
);

test.serial('a step that took too long commits nothing', async (t) => {
  const { pool, start } = await lab(t);
  const { result } = await start('sleepy');
  await t.throwsAsync(result, { code: 596 });
  const open = `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'`;
  await waitFor('the transaction is closed', async () => {
    return (await pool.query<{ n: number }>(open)).rows[0]?.n === 0;
  });
  t.deepEqual(await written(pool), []);
});

test.serial('a job that is terminated meanwhile commits nothing', async (t) => {
  const { pool, start } = await lab(t);
  let isInside = false;
  let goOn: () => void = () => undefined;
  once.set('inside write-1', () => {
    isInside = true;
    return new Promise<void>((resolve) => (goOn = resolve));
  });
  const { handle, result } = await start('write');
  await waitFor('it is inside', () => isInside);
  await handle.terminate();
  goOn();
  await t.throwsAsync(result, { code: 410 });
  // A job that begins later on the one worker ends later too: the first had its chance to commit.
  const next = await start('write');
  await next.result;
  t.deepEqual(await written(pool), [next.label]);
});

test.serial('a worker that has lost its lease commits nothing', async (t) => {
  const { pool, start } = await lab(t);
  let executions = 0;
  once.set('inside write-1', async () => {
    executions += 1;
    once.set('inside write-1', async () => void (executions += 1));
    const expired = `update ratchet_internal.workers set expires_at = 'epoch'`;
    const other = `select ratchet.register_worker('other', '[{"queue": "none"}]') as id`;
    const session = await pool.connect();
    await session.query(`begin; ${expired}`);
    const { rows } = await session.query<{ id: string }>(other);
    await session.query('commit');
    await session.query('select ratchet.exchange($1, 0, 0)', [rows[0]?.id]);
    session.release();
  });
  const { label, result } = await start('write');
  t.is(await result, `${label} of the part`);
  t.is(executions, 2);
  t.deepEqual(await written(pool), [label]);
});

test.serial('more transactions than connections wait, and hold up no exchange', async (t) => {
  const { pool, start } = await lab(t, 1);
  const started = await Promise.all(Array.from({ length: 20 }, () => start('write')));
  for (const { label, result } of started) t.is(await result, `${label} of the part`);
  const labels = started.map(({ label }) => label);
  t.deepEqual((await written(pool)).sort(), labels.sort());
});

test.serial('what is started inside the transaction exists only if it commits', async (t) => {
  const { pool, client, start } = await lab(t);
  const inner = (id: string) => async () => {
    await client.workflow.start(run, { taskQueue: 'none', workflowId: id });
  };
  once.set('inside write-1', inner('outside of it'));
  const { result } = await start('write');
  await result;
  const { rows } = await pool.query(`select status from ratchet.jobs where key = 'outside of it'`);
  t.is(rows.length, 1);
});
