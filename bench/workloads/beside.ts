import { interleaved } from '../measure';
import type { Flags } from '../flags';
import { showProgress } from '../progress';
import { openOurs } from '../sides';
import { drain } from './drain';
import { comparison } from './throughput';
import type { Workload } from './workload';

/** Sleeping workflows as the engine leaves them when their worker has forgotten them. */
const SLEEPERS = `
  with job as (
    insert into ratchet.jobs (key, entity, workflow, queue, input, created_at, updated_at)
    select 'sleeper-' || i, 'hello', 'hello', 'bench', '[1]', now(), now()
    from generate_series(1, $1::int) as i returning id),
  step as (
    insert into ratchet.jobs_attributes
      (job_id, address, position, kind, field, ledger, input, created_at)
    select id, '', 1, 'sleep', '00001 sleep', ratchet_internal.leg1_done(0), '86400000', now()
    from job)
  insert into ratchet_internal.messages
    (job_id, address, position, kind, namespace, queue, workflow, due_at)
  select id, '', 1, 'timer', 'durable', 'bench', 'hello', now() + interval '1 day' from job`;

/** Workflows of ten steps that have ended long ago, as the engine leaves them. */
const FINISHED = `
  with job as (
    insert into ratchet.jobs (key, entity, workflow, queue, status, input, result, created_at,
      updated_at, finished_at)
    select 'ended-' || i, 'seq10', 'seq10', 'bench', 0, '[1]', '{"x":1,"last":{"ok":true,"x":9}}',
      now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'
    from generate_series(1, $1::int / 10) as i returning id)
  insert into ratchet.jobs_attributes
    (job_id, position, kind, field, ledger, input, value, created_at)
  select id, at, 'activity', ratchet_internal.step_field('', at, 'step'),
    ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), format('[%s]', at - 1)::json,
    format('{"ok":true,"x":%s}', at - 1), now() - interval '1 day'
  from job, generate_series(1, 10) as at order by id, at`;

/** hello in a database that holds a crowd, and in an empty one. */
function beside(
  database: string,
  what: string,
  crowdOf: (flags: Flags) => number,
  insert: string,
): Workload {
  return async ({ server, flags }) => {
    const crowd = crowdOf(flags);
    const name = `${crowd.toLocaleString('en-US')} ${what}`;
    const full = await openOurs(server, flags, database);
    const empty = await openOurs(server, flags, 'empty');
    for (const side of [full, empty]) await side.reset();
    showProgress(`inserts ${name}`);
    await full.database.client.query(insert, [crowd]);
    for (const side of [full, empty]) await side.database.client.query('vacuum analyze');
    try {
      const sides = {
        ours: () => drain(full, 'hello', flags.n),
        empty: () => drain(empty, 'hello', flags.n),
      };
      await interleaved(1, sides);
      const raw = await interleaved(flags.rounds, sides);
      const counted = { name, unit: 'workflows/s', each: 1, per: { count: 1, name: 'workflow' } };
      const result = comparison(counted, raw, 'empty');
      const isMet = result.ours / (result.against ?? NaN) >= 0.9;
      const notes = ['limit: ours in a database without them'];
      return [{ ...result, target: '≥ 0.9', isMet, notes }];
    } finally {
      await full.worker.stop();
      await empty.worker.stop();
      await full.reset();
    }
  };
}

/** A million sleepers of the same queue and workflow. */
export const sleepers = beside(
  'sleepers',
  'asleep',
  ({ isQuick }) => (isQuick ? 50_000 : 1_000_000),
  SLEEPERS,
);

/** Ten million steps of workflows that have ended. */
export const history = beside(
  'history',
  'steps kept',
  ({ isQuick }) => (isQuick ? 200_000 : 10_000_000),
  FINISHED,
);
