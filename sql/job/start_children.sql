-- Starts the children that steps scheduled in this transaction ask for. A job whose time is over
-- makes room for a child of its id. A step whose child cannot be started is answered with an error:
-- its id exists already, or a name is bad.
-- Locks: the new rows; jobs whose time is over, in id order. Writes: jobs, messages, attributes.
-- Wakes: idle workers.

create function ratchet_internal.start_children(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_refused json[] := ratchet_internal.begin_children(p_now, p_jobs, p_addresses, p_positions,
    p_kinds);
begin
  if v_refused is null then return; end if;
  if ratchet_internal.make_room(array(select r ->> 'namespace' from unnest(v_refused) r),
    array(select r ->> 'id' from unnest(v_refused) r), null)
  then
    v_refused := ratchet_internal.begin_children(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  perform ratchet_internal.settle(p_now, array_agg((r ->> 'job')::bigint),
    array_agg(r ->> 'address'), array_agg((r ->> 'position')::int), array_agg(1), array_agg(true),
    array_agg((r -> 'error')::text), true)
  from unnest(v_refused) r
  having count(*) > 0;
end $$;
comment on function ratchet_internal.start_children(
  timestamptz, bigint[], text[], int[], text[]) is
  'Starts the children that steps scheduled in this transaction ask for.';
