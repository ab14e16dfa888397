-- Ends those jobs that are over after their stretches: what they wait for goes, whoever waits for
-- them is answered or told. Their rows say already that they have ended.
-- Locks: messages in key order, tasks. Writes: messages, attributes of waiting parents,
-- escalations. Wakes: programs that wait, idle workers. Returns the parents that may go on.

create function ratchet_internal.end_graphs(
  p_now timestamptz, p_drafts ratchet_internal.graph_draft[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended record;
begin
  select array_agg((d.job).id) filter (where not d.is_new or d.messages is not null) as waiting,
    array_agg((d.job).id) filter (where (d.job).status < 0) as stopped,
    array_agg((d.job).id) filter (where (d.job).is_awaited) as awaited,
    array_agg((d.job).parent_id) filter (where (d.job).is_awaited) as parents,
    bool_or((d.job).is_watched) as are_watched, count(*) as count
  into v_ended from unnest(p_drafts) d where (d.job).finished_at is not null;
  if v_ended.count = 0 then return '{}'; end if;
  if v_ended.waiting is not null then
    perform from ratchet_internal.messages where job_id = any (v_ended.waiting)
    order by job_id, address, position for update;
    if found then
      perform ratchet_internal.drop_escalations(p_now, array_agg(w.job_id),
        p_are_all => w.is_stopped)
      from (
        select distinct job_id, coalesce(job_id = any (v_ended.stopped), false) as is_stopped
        from ratchet_internal.messages
        where job_id = any (v_ended.waiting) and kind = 'wait') w
      group by w.is_stopped;
      delete from ratchet_internal.messages where job_id = any (v_ended.waiting);
    end if;
  end if;
  if v_ended.awaited is not null then
    perform from ratchet_internal.messages
    where kind = 'child' and key = any (v_ended.awaited::text[])
    order by job_id + 0, address, position for update;
    perform ratchet_internal.answer_parents(p_now, v_ended.awaited, false);
  end if;
  if v_ended.are_watched then perform pg_notify('ratchet_results', ''); end if;
  perform ratchet_internal.announce_drafts(p_drafts);
  return coalesce(v_ended.parents, '{}');
end $$;
comment on function ratchet_internal.end_graphs(timestamptz, ratchet_internal.graph_draft[]) is
  'Ends those jobs that are over after their stretches; returns the parents that may go on.';
