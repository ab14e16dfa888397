import { interleaved } from '../measure';
import { openOurs } from '../sides';
import { drain, middle, note } from './drain';
import type { Workload } from './workload';

/** Sleeping workflows as the engine leaves them when their worker has forgotten them. */
const SLEEPERS = `
  with job as (
    insert into ratchet.jobs (key, entity, workflow, queue, input, created_at, updated_at)
    select 'sleeper-' || i, 'hello', 'hello', 'bench', '[1]', now(), now()
    from generate_series(1, $1) as i returning id),
  step as (
    insert into ratchet.jobs_attributes
      (job_id, address, position, kind, field, ledger, input, created_at)
    select id, '', 1, 'sleep', '00001 sleep', ratchet_internal.leg1_done(0), '86400000', now()
    from job)
  insert into ratchet_internal.messages
    (job_id, address, position, kind, namespace, queue, workflow, due_at)
  select id, '', 1, 'timer', 'durable', 'bench', 'hello', now() + interval '1 day' from job`;

/** hello in a database with a million sleepers of the same queue and workflow, and without. */
export const sleepers: Workload = async ({ server, flags }) => {
  const crowd = flags.isQuick ? 50_000 : 1_000_000;
  const full = await openOurs(server, flags, 'sleepers');
  const empty = await openOurs(server, flags, 'awake');
  await full.database.client.query(SLEEPERS, [crowd]);
  for (const { database } of [full, empty]) await database.client.query('vacuum analyze');
  try {
    const sides = {
      full: () => drain(full, 'hello', flags.n),
      empty: () => drain(empty, 'hello', flags.n),
    };
    await interleaved(1, sides);
    const raw = await interleaved(flags.rounds, sides);
    const [ours, against] = [middle(raw['full']), middle(raw['empty'])];
    const name = `${crowd.toLocaleString('en-US')} asleep`;
    const ratio = ours.perSecond / against.perSecond;
    const figures = { ours: ours.perSecond, against: against.perSecond, isMet: ratio >= 0.9 };
    const notes = ['limit: ours in a database without them', note('asleep', ours)];
    const target = 'no slow-down (≥ 0.9)';
    return [{ name, unit: 'workflows/s', ...figures, target, notes, raw }];
  } finally {
    await full.worker.stop();
    await empty.worker.stop();
  }
};
