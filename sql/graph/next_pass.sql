-- The number of the next pass of an activity under one pass of its parent. The ledger of the first
-- pass counts them all; p_passes has those that this stretch has counted and not yet written.

create function ratchet_internal.next_pass(
  p_job bigint, p_parent text, p_position int, p_passes jsonb
) returns int
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((p_passes ->> (p_parent || ' ' || p_position))::int, (
    select (a.ledger % 100000000)::int from ratchet.jobs_attributes a
    where a.job_id = p_job and a.address = p_parent || ',0' and a.position = p_position), 1)
$$;
comment on function ratchet_internal.next_pass(bigint, text, int, jsonb) is
  'The number of the next pass of an activity under one pass of its parent.';
