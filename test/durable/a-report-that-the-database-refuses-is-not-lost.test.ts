import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor, within } from '../support/wait-for';

const { workflow } = Durable;
const runs = new Map<string, number>();

async function remote(what: string): Promise<string> {
  runs.set(what, (runs.get(what) ?? 0) + 1);
  return what;
}

const far = workflow.proxyActivities<{ remote: typeof remote }>({
  activities: { remote },
  taskQueue: 'far',
  retryPolicy: { maximumAttempts: 1 },
});

async function askFar(what: string): Promise<string> {
  try {
    return await far.remote(what);
  } catch (error) {
    return `failed: ${(error as Error).message}`;
  }
}

async function sayAtOnce(what: string): Promise<string> {
  return what;
}

/** A user's trigger that refuses what `condition` says, and counts how often. */
const refusing = (table: string, condition: string) => `
  create sequence public.refusals;
  create function public.refuse() returns trigger language plpgsql
  as 'begin raise exception ''the ledger of the house is closed''
    using detail = nextval(''public.refusals''); end';
  create trigger refuse before update on ratchet.${table}
  for each row when (${condition}) execute function public.refuse()`;
const RELENT = 'drop function public.refuse cascade';

async function house(t: Parameters<typeof durableTest>[0]) {
  const { url, connection, client, pool } = await durableTest(t);
  // A worker of its own: what it runs was claimed.
  const elsewhere = { class: Client, options: { connectionString: url, application_name: 'far' } };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: askFar });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sayAtOnce });
  await Durable.registerActivityWorker(
    { connection: elsewhere, taskQueue: 'far' },
    { remote },
    'far',
  );
  const start = (run: typeof askFar, id: string, word: string) =>
    client.workflow.start(run, { taskQueue: 'q', workflowId: id, args: [word] });
  /** As a part of its own it is refused for the second time: the error was refused as well. */
  const isRefusedTwice = async () => {
    const { rows } = await pool.query('select last_value::int as count from public.refusals');
    return (rows[0] as { count: number }).count >= 4;
  };
  return { pool, start, isRefusedTwice };
}

test.serial('a refused result fails its step, and its activity has run once', async (t) => {
  const { pool, start } = await house(t);
  await pool.query(refusing('jobs_attributes', `new.value = '"bad"'`));
  const [bad, good] = [await start(askFar, 'bad', 'bad'), await start(askFar, 'good', 'good')];
  t.is(await within('the good one', good.result()), 'good');
  t.is(
    await within('the bad one', bad.result()),
    'failed: the engine refused a report: the ledger of the house is closed',
  );
  t.is(runs.get('bad'), 1);
});

test.serial('a step that can have no answer is reported until it can', async (t) => {
  const { pool, start, isRefusedTwice } = await house(t);
  await pool.query(refusing('jobs_attributes', `new.kind = 'activity'`));
  const handle = await start(askFar, 'late', 'late');
  await waitFor('its error is refused', isRefusedTwice);
  const other = await start(sayAtOnce, 'other', 'hello');
  t.is(await within('another job', other.result()), 'hello');
  await pool.query(RELENT);
  t.regex(await within('the late one', handle.result()), /the ledger of the house is closed$/);
  t.is(runs.get('late'), 1);
});

test.serial('a job that cannot be ended holds up no other, and ends when it can', async (t) => {
  const { pool, start, isRefusedTwice } = await house(t);
  await pool.query(refusing('jobs', `new.key = 'stuck' and new.status = 0`));
  const stuck = await start(sayAtOnce, 'stuck', 'stuck');
  for (const word of ['one', 'two', 'three']) {
    const other = await start(sayAtOnce, word, word);
    t.is(await within(word, other.result()), word);
  }
  await waitFor('its error is refused', isRefusedTwice);
  await pool.query(RELENT);
  const error = await t.throwsAsync(within('the stuck one', stuck.result()));
  t.regex(error?.message ?? '', /the ledger of the house is closed$/);
});
