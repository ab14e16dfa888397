-- Ends jobs: with a result, with an error, or stopped from outside (p_status < 0 is taken off
-- their semaphore). All that is left of them in messages goes, hook threads included; whoever
-- waits for their end is answered in the same commit. A persistent job that returned a result
-- stays open for hooks: only its main function goes, with the tasks of its waits, and whoever waits
-- is answered all the same.
-- Locks: jobs, in id order (few rows drive the lookups by key, so that they come in the order given
-- to them); then messages, in order.
-- Writes: jobs, messages, attributes of waiting parents, escalations. Wakes: idle workers; programs
-- that wait.
-- With p_worker only jobs are ended of which that worker holds the thread at the given address: the
-- main function, or a hook that failed for good.
-- Returns the jobs it ended (one that had ended before is not among them), whether other jobs
-- waited for one that returned, and the jobs whose end did not count, null if all did.

create function ratchet_internal.end_jobs(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_results json[],
  p_errors json[], p_status int default 0, out ended bigint[], out are_awaited boolean,
  out uncounted bigint[]
) language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_holds_all constant boolean := p_worker is null
    or ratchet_internal.holds_all(p_worker, p_jobs, p_addresses);
  v_kept bigint[];
  v_awaited bigint[];
  v_graphs bigint[];
  v_is_watched boolean;
  v_have_tasks boolean;
begin
  with job as (
    update ratchet.jobs j
    set status = case when j.is_persistent and e.error is null then j.status
        when p_status < 0 then j.status + p_status else p_status end,
      result = e.result, error = e.error, updated_at = p_now,
      finished_at = case when j.is_persistent and e.error is null then null else p_now end,
      returned_at = case when j.is_persistent and e.error is null then p_now else j.returned_at end
    from (
      select * from unnest(p_jobs, p_addresses, p_results, p_errors)
        as given (job_id, address, result, error)
      order by job_id) e
    where j.id = any (array[e.job_id]) and j.status > 0
      and (v_holds_all or (
        select held.worker_id from ratchet_internal.messages held where held.job_id = e.job_id
          and held.address = coalesce(e.address, '') and held.position = 0) = p_worker)
    returning j.id, j.is_awaited, j.is_watched, j.version, j.status > 0 as is_kept)
  select array_agg(id) filter (where not is_kept), array_agg(id) filter (where is_kept),
    array_agg(id) filter (where is_awaited), bool_or(is_watched),
    array_agg(id) filter (where version is not null)
  into ended, v_kept, v_awaited, v_is_watched, v_graphs from job;
  if coalesce(cardinality(ended || v_kept), 0) < cardinality(p_jobs) then
    uncounted := array(select unnest(p_jobs) except select unnest(ended || v_kept));
  end if;
  if v_awaited is not null or v_kept is not null or exists (
    select from ratchet_internal.messages
    where job_id = any (ended) and (position <> 0 or address <> ''))
  then
    select bool_or(has_task) into v_have_tasks from (
      select job_id, address, position from ratchet_internal.messages
      where job_id = any (ended || v_kept)
      union
      select job_id + 0, address, position from ratchet_internal.messages
      where kind = 'child' and key = any (v_awaited::text[])
      order by job_id, address, position) given
    cross join lateral (
      select m.kind = 'wait' and m.options is not null as has_task
      from ratchet_internal.messages m
      where m.job_id = given.job_id and m.address = given.address
        and m.position = given.position limit 1 for update) locked;
    if v_have_tasks then perform ratchet_internal.drop_escalations(p_now, ended, v_kept); end if;
  end if;
  delete from ratchet_internal.messages where job_id = any (ended);
  if v_kept is not null then
    delete from ratchet_internal.messages where job_id = any (v_kept)
      and not ratchet_internal.is_hook(address);
  end if;
  if v_awaited is not null then
    perform ratchet_internal.answer_parents(p_now, v_awaited, p_worker is not null);
  end if;
  if v_is_watched then perform pg_notify('ratchet_results', ''); end if;
  if v_graphs is not null then perform ratchet_internal.announce_ended(v_graphs); end if;
  are_awaited := v_awaited is not null;
end $$;
comment on function ratchet_internal.end_jobs(
  bigint, timestamptz, bigint[], text[], json[], json[], int) is
  'Ends jobs and answers whoever waits for their end; returns those that this call ended.';
