-- What a stretch has made of its job: it waits; or it is over, because no activity is open any
-- more, an error was left over, or it interrupted itself; or only its id is reserved. One that is
-- over starts no children: nobody would wait for them.

create function ratchet_internal.conclude_stretch(p_draft ratchet_internal.graph_draft)
returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_stop jsonb := p_draft.stop;
  v_expire bigint;
begin
  v_job.updated_at := p_draft.now;
  v_job.attempt := 0;
  if v_stop ? 'reserved' then
    v_job.status := -1;
    v_job.pending_until := ratchet_internal.after(p_draft.now,
      (v_stop -> 'reserved')::float8 * 1000);
  elsif v_stop is not null or v_job.status = 0 then
    if v_stop is not null then
      v_job.status := case when v_stop ? 'target' then v_job.status - 1000000000 else 0 end;
      v_job.error := case when v_stop -> 'is_thrown' is distinct from 'false'
        then v_stop -> 'error' end;
      v_expire := ratchet_internal.expire_of(v_stop -> 'expire');
    end if;
    v_job.result := case when v_job.error is null
      then coalesce(v_job.context, case when v_job.status < 0 then '{}'::jsonb end) end;
    v_job.finished_at := p_draft.now;
    v_draft.children := null;
    v_job.expire_seconds := coalesce(v_expire, (p_draft.expire -> 'seconds')::bigint,
      ratchet_internal.graph_expire(v_job, p_draft.version_id, p_draft.root, p_draft.scope,
        p_draft.expire));
  end if;
  v_draft.job := v_job;
  return v_draft;
end $$;
comment on function ratchet_internal.conclude_stretch(ratchet_internal.graph_draft) is
  'What a stretch has made of its job: it waits, is over, or is only reserved.';
