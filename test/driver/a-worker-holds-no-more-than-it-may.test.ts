import test, { type ExecutionContext } from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';

const JOBS = 2_000;
const LIMIT = 600;
const BUSY_MS = 1;

/** Notes with each claim how many of a kind are held. */
const watch = (kind: 'turn' | 'activity') => `
  create table held (count int);
  create function note_held() returns trigger language plpgsql security definer as $$
  begin
    insert into public.held select count(*) from ratchet_internal.messages
    where kind = '${kind}' and worker_id is not null;
    return null;
  end $$;
  create trigger note_held after update on ratchet_internal.messages
  for each statement execute function note_held()`;

/** Keeps the processor from everything else. */
function busy(x: number): number {
  for (const until = performance.now() + BUSY_MS; performance.now() < until;);
  return x;
}

/** Runs jobs of one step each, beside a worker for the queue of steps; the most that was held. */
async function mostHeld(t: ExecutionContext, kind: 'turn' | 'activity'): Promise<number> {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const { step } = Durable.workflow.proxyActivities<{ step: typeof busy }>({
    activities: { step: busy },
    ...(kind === 'turn' ? {} : { taskQueue: 'steps' }),
  });
  const one = async (x: number) => step(x);
  await pool.query(watch(kind));
  await pool.query(
    `select from ratchet.start_workflows('one',
      array(select 'one-' || i from generate_series(1, $1) i),
      (select array_agg(json_build_array(i)) from generate_series(1, $1) i), 'functions')`,
    [JOBS],
  );
  // A connection of its own is a worker of its own.
  const connection = (name: string) => {
    return { class: Client, options: { connectionString: url, application_name: name } };
  };
  await Durable.registerActivityWorker(
    {
      ...{ connection: connection('steps'), taskQueue: 'steps' },
      options: { maxActivities: LIMIT },
    },
    { step: busy },
  );
  await Durable.Worker.create({
    ...{ connection: connection('functions'), taskQueue: 'functions', workflow: one },
    options: { maxTurns: LIMIT },
  });
  const count = async (of: string) => {
    return Number((await pool.query<{ n: string }>(`select ${of} as n`)).rows[0]?.n);
  };
  while ((await count(`(select count(*) from ratchet.jobs where status > 0)`)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.is(await count('(select count(*) from ratchet.jobs)'), JOBS);
  return count('(select max(count) from held)');
}

// Of Durable there is one a process.
for (const kind of ['turn', 'activity'] as const) {
  test.serial(`steps that keep the processor busy hoard no ${kind}`, async (t) => {
    const most = await mostHeld(t, kind);
    t.true(most <= LIMIT, `held ${most}`);
    t.true(most > LIMIT / 4, `held ${most}, so nothing was shown`);
  });
}
