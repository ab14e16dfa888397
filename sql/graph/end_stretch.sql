-- Writes what a stretch has made of its job, and ends it when no activity is open any more, when an
-- error was left over, or when it interrupted itself. Other branches end with it, in the same
-- commit: their messages go, whoever waits is answered once.
-- Locks: messages in key order, tasks. Writes: jobs, messages, attributes of a waiting parent,
-- escalations. Wakes: programs that wait, idle workers.

create function ratchet_internal.end_stretch(
  p_draft ratchet_internal.graph_draft, p_version bigint
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_stop jsonb := p_draft.stop;
begin
  v_job.updated_at := p_draft.now;
  if v_stop ? 'reserved' then
    v_job.status := -1;
    v_job.pending_until := ratchet_internal.after(p_draft.now,
      (v_stop -> 'reserved')::float8 * 1000);
  elsif v_stop is not null or v_job.status = 0 then
    v_job.status := case when v_stop ? 'target' then v_job.status - 1000000000 else 0 end;
    v_job.error := case when v_stop -> 'is_thrown' is distinct from 'false'
      then v_stop -> 'error' end;
    v_job.result := case when v_job.error is null
      then coalesce(v_job.context, case when v_job.status < 0 then '{}'::jsonb end) end;
    v_job.finished_at := p_draft.now;
    v_job.expire_seconds := coalesce(ratchet_internal.expire_of(v_stop -> 'expire'),
      ratchet_internal.graph_expire(v_job, p_version, p_draft.scope));
  end if;
  update ratchet.jobs set status = v_job.status, context = v_job.context, result = v_job.result,
    error = v_job.error, finished_at = v_job.finished_at, updated_at = v_job.updated_at,
    expire_seconds = v_job.expire_seconds, pending_until = v_job.pending_until,
    attempt = coalesce(v_job.attempt, 0)
  where id = v_job.id;
  if v_job.finished_at is null then return v_draft; end if;
  perform from ratchet_internal.messages where job_id = v_job.id
  order by address, position for update;
  if exists (
    select from ratchet_internal.messages where job_id = v_job.id and kind = 'wait')
  then
    perform ratchet_internal.drop_escalations(p_draft.now, array[v_job.id], v_job.status < 0);
  end if;
  delete from ratchet_internal.messages where job_id = v_job.id;
  if v_job.is_awaited then
    perform from ratchet_internal.messages where kind = 'child' and key = v_job.id::text for update;
    perform ratchet_internal.answer_parents(p_draft.now, array[v_job.id], false);
    v_draft.jobs := v_draft.jobs || v_job.parent_id;
  end if;
  if v_job.is_watched then
    perform pg_notify('ratchet', 'result');
  end if;
  perform ratchet_internal.announce_graph(v_job, null, v_job.context);
  return v_draft;
end $$;
comment on function ratchet_internal.end_stretch(ratchet_internal.graph_draft, bigint) is
  'Writes what a stretch has made of its job, and ends the job when it is over.';
