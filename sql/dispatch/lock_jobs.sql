-- Locks every job that an exchange may change, before it locks any message: jobs that end or are
-- run again, jobs whose steps are scheduled, and jobs that those steps wait for, hook or stop. So
-- all transactions lock jobs before messages, jobs in id order, and no two of them wait for each
-- other.
-- Locks: the jobs that run, in id order.

create function ratchet_internal.lock_jobs(
  p_jobs bigint[], p_plan_jobs bigint[], p_plan_kinds text[], p_plan_options json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_jobs bigint[] := p_jobs;
begin
  if p_plan_kinds && array['await', 'hook', 'terminate'] then
    v_jobs := v_jobs || array(
      select target.id
      from unnest(p_plan_jobs, p_plan_kinds, p_plan_options) as s (job_id, kind, options)
      cross join lateral (select namespace from ratchet.jobs where id = s.job_id limit 1) j
      cross join lateral (
        select id from ratchet.jobs where namespace = j.namespace
          and key = ratchet_internal.readable(s.options) ->> 'id' limit 1) target
      where s.kind in ('await', 'hook', 'terminate'));
  end if;
  perform from ratchet.jobs where id = any (v_jobs) and status > 0
  order by id for no key update;
end $$;
comment on function ratchet_internal.lock_jobs(bigint[], bigint[], text[], json[]) is
  'Locks every job that an exchange may change, in id order.';
