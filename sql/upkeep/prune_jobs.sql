-- What an operator removes by hand or by schedule, one short batch a call: finished jobs whose time
-- is over (expire_seconds after their end, or p_older_than where none was given), finished jobs
-- without an entity of their own that ended before p_older_than (p_transient), and the detail of
-- jobs that have ended by themselves (p_attributes, see strip_jobs); steps of hooks and runs of
-- graphs that an earlier call has kept (p_is_keeping_hooks) go with a later one. Looks at the
-- p_batch jobs after the number p_after; call again with next_job until that is null. Skips what
-- others hold; never touches running jobs. Null namespaces or entities: all.
-- Locks: the jobs, in id order. Writes: jobs, attributes. Raises: WF103, WF104.

create function ratchet.prune_jobs(
  p_namespaces text[] default null, p_older_than interval default '7 days',
  p_after bigint default 0, p_batch int default 1000, p_jobs boolean default true,
  p_attributes boolean default false, p_transient boolean default false,
  p_entities text[] default null, p_is_keeping_hooks boolean default false
) returns table (next_job bigint, jobs bigint, transient bigint, attributes bigint, marked bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_age interval := least(p_older_than, interval '1 minute');
  v_to bigint;
  v_old bigint[];
  v_transient bigint[];
  v_stripped bigint[];
begin
  perform ratchet_internal.check_prune(p_older_than, p_batch);
  select max(id) into v_to from (
    select id from ratchet.jobs where id > p_after order by id limit p_batch) batch;
  select array_agg(id) filter (where is_old),
    array_agg(id) filter (where not is_old and is_transient),
    array_agg(id) filter (where not is_old and not is_transient and is_whole)
  into v_old, v_transient, v_stripped
  from (
    select id,
      p_jobs and finished_at <= v_now - v_age
        and finished_at <= v_now - case when expire_seconds is null then p_older_than
          else make_interval(secs => least(greatest(expire_seconds, 0), 1e10)) end as is_old,
      p_transient and entity = workflow and not is_labelled
        and finished_at <= v_now - p_older_than as is_transient,
      p_attributes and status = 0 and (pruned_at is null
        or not p_is_keeping_hooks and ratchet_internal.has_hook_steps(id)) as is_whole
    from ratchet.jobs
    where id > p_after and id <= v_to and status <= 0 and finished_at is not null
      and (p_namespaces is null or namespace = any (p_namespaces))
      and (p_entities is null or entity = any (p_entities))
    order by id for update skip locked) finished;
  jobs := ratchet_internal.remove_jobs(v_old);
  transient := ratchet_internal.remove_jobs(v_transient);
  attributes := ratchet_internal.strip_jobs(v_stripped, p_is_keeping_hooks);
  marked := coalesce(cardinality(v_stripped), 0);
  next_job := v_to;
  return next;
end $$;
comment on function ratchet.prune_jobs is
  'Removes finished jobs, or the detail of their history, one batch a call; next_job is null after '
  'the last.';
