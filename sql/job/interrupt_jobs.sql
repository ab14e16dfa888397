-- Stops jobs at once, their pending tasks with them, with the error that whoever waits for them
-- gets: reason, code and stack of the options. With throw false nobody gets it: they are answered
-- with nothing. expire replaces how long the job is kept. Total: any options stop the job.
-- Locks: nothing (the caller has locked the jobs), then messages. Writes: as end_jobs, escalations.
-- Wakes: as end_jobs. Returns the jobs that this call stopped.

create function ratchet_internal.interrupt_jobs(
  p_now timestamptz, p_jobs bigint[], p_ids text[], p_options json[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stop record;
  v_stopped bigint[];
begin
  -- A reserved one has nothing to be stopped, and ends as if it had.
  update ratchet.jobs j
  set expire_seconds = coalesce(ratchet_internal.expire_seconds(s.options), j.expire_seconds),
    is_silent = coalesce(s.options ->> 'throw' = 'false', false),
    status = abs(j.status), pending_until = null
  from unnest(p_jobs, p_options) as s (job_id, options)
  where j.id = any (array[s.job_id])
    and (j.status = -1 or j.status > 0 and (json_typeof(s.options -> 'expire') = 'number'
      or s.options ->> 'throw' = 'false'));
  select array_agg(s.job_id) as jobs, array_agg(''::text) as addresses,
    array_agg(null::json) as results,
    array_agg(json_build_object(
      'message', coalesce(s.options ->> 'reason', 'job [' || s.id || '] interrupted'),
      'code', least(greatest(
        ratchet_internal.number_of(s.options, 'code', 410), -2147483648), 2147483647)::int,
      'job_id', s.id,
      'stack', coalesce(s.options ->> 'stack', ''))) as errors
  into v_stop
  from (
    select distinct on (job_id) * from unnest(p_jobs, p_ids, p_options)
      as each (job_id, id, options)
    where job_id is not null order by job_id) s;
  v_stopped := (ratchet_internal.end_jobs(null, p_now, v_stop.jobs, v_stop.addresses,
    v_stop.results, v_stop.errors, -1000000000)).ended;
  if v_stopped is not null then
    perform ratchet_internal.drop_escalations(p_now, v_stopped, p_are_all => true);
  end if;
  return v_stopped;
end $$;
comment on function ratchet_internal.interrupt_jobs(
  timestamptz, bigint[], text[], json[]) is
  'Stops jobs at once, each with the error that its options say; returns those it stopped.';
