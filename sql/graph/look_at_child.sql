-- Answers an activity that has begun to wait for a child anew, when the child has ended meanwhile.
-- The caller holds the child, so that it does not end now. Writes: messages, attributes.

create function ratchet_internal.look_at_child(p_now timestamptz, p_child bigint)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting record;
begin
  if exists (select from ratchet.jobs where id = p_child and status > 0) then return null; end if;
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions into v_waiting
  from ratchet_internal.messages m where m.kind = 'child' and m.key = p_child::text;
  if exists (select from ratchet.jobs where id = p_child) then
    perform ratchet_internal.answer_parents(p_now, array[p_child], false);
  elsif v_waiting.jobs is not null then
    perform ratchet_internal.settle(p_now, v_waiting.jobs, v_waiting.addresses,
      v_waiting.positions, array[1], array[true],
      array['{"code":404,"message":"the job was removed while it was waited for"}'], false,
      array[404]);
  end if;
  return row(0, null, v_waiting.jobs)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.look_at_child(timestamptz, bigint) is
  'Answers an activity that waits for a child anew, when the child has ended meanwhile.';
