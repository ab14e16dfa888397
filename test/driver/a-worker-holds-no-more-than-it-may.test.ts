import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { roomLeft } from '../../driver/engine/load';
import { testDatabase } from '../support/cluster';

/** Jobs, and how many of them may be held. */
const MANY = { jobs: 2_000, limit: 600 };
const FEW = { jobs: 30, limit: 1 };
const BUSY_MS = 1;
const SLOW_MS = 100;

type Kind = 'turn' | 'activity';

/** Notes with each claim how many of a kind are held, and which commit it is of. */
const watch = (kind: Kind) => `
  create table held (count int, claim xid8);
  create function note_held() returns trigger language plpgsql security definer as $$
  begin
    insert into public.held select count(*), pg_current_xact_id() from ratchet_internal.messages
    where kind = '${kind}' and worker_id is not null;
    return null;
  end $$;
  create trigger note_held after update on ratchet_internal.messages
  for each statement execute function note_held()`;

/** Keeps the processor from everything else; one on a queue also takes a while by itself. */
function busy(x: number): number {
  for (const until = performance.now() + BUSY_MS; performance.now() < until;);
  return x;
}
async function slow(x: number): Promise<number> {
  await pause(SLOW_MS);
  return busy(x);
}

/** Runs jobs of one step each, beside a worker for the queue of steps; how to ask for counts. */
async function runAll(t: ExecutionContext, kind: Kind, { jobs, limit } = MANY) {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const run = kind === 'turn' ? busy : slow;
  const { step } = Durable.workflow.proxyActivities<{ step: typeof run }>({
    activities: { step: run },
    ...(kind === 'turn' ? {} : { taskQueue: 'steps' }),
  });
  const one = async (x: number) => step(x);
  await pool.query(watch(kind));
  await pool.query(
    `select from ratchet.start_workflows('one',
      array(select 'one-' || i from generate_series(1, $1) i),
      (select array_agg(json_build_array(i)) from generate_series(1, $1) i), 'functions')`,
    [jobs],
  );
  // A connection of its own is a worker of its own.
  const connection = (name: string) => {
    return { class: Client, options: { connectionString: url, application_name: name } };
  };
  await Durable.registerActivityWorker(
    {
      ...{ connection: connection('steps'), taskQueue: 'steps' },
      options: { maxActivities: limit },
    },
    { step: run },
  );
  await Durable.Worker.create({
    ...{ connection: connection('functions'), taskQueue: 'functions', workflow: one },
    options: { maxTurns: limit },
  });
  const count = async (of: string) => {
    return Number((await pool.query<{ n: string }>(`select ${of} as n`)).rows[0]?.n);
  };
  while ((await count(`(select count(*) from ratchet.jobs where status > 0)`)) > 0) {
    await pause(20);
  }
  t.is(await count('(select count(*) from ratchet.jobs)'), jobs);
  return count;
}

// Of Durable there is one a process.
for (const kind of ['turn', 'activity'] as const) {
  test.serial(`steps that keep the processor busy hoard no ${kind}`, async (t) => {
    const count = await runAll(t, kind);
    const most = await count('(select max(count) from held)');
    t.true(most <= MANY.limit, `held ${most}`);
    t.true(most > MANY.limit / 4, `held ${most}, so nothing was shown`);
  });
}

test.serial('who may run one function takes the next in the commit that ends it', async (t) => {
  const count = await runAll(t, 'turn', FEW);
  t.is(await count('(select max(count) from held)'), 1);
  const together = await count(
    '(select count(*) from held where claim::xid in (select xmin from ratchet.jobs))',
  );
  t.true(together > FEW.jobs / 2, `${together} of ${FEW.jobs}`);
});

test('a limit may have decimals, and what is taken has none', (t) => {
  const limits = { turns: 2.5, activities: 1.5 };
  t.deepEqual(roomLeft(limits, { turns: 0, activities: 0 }), { turns: 2, activities: 1 });
  t.deepEqual(roomLeft(limits, { turns: 1, activities: 1 }), { turns: 1, activities: 0 });
});
