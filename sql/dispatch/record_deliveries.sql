-- Keeps the order in which answers reached a function, where another answer could have come first.
-- Only threads the worker holds. Writes: attributes.

create function ratchet_internal.record_deliveries(
  p_worker bigint, p_jobs bigint[], p_addresses text[], p_positions int[], p_orders int[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet.jobs_attributes a set delivery = d.ordinal
  from unnest(p_jobs, p_addresses, p_positions, p_orders) as d (job_id, address, at, ordinal)
  where a.job_id = any (array[d.job_id]) and a.address = d.address and a.position = d.at
    and a.delivery is null and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = d.job_id
        and held.address = split_part(d.address, '#', 1) and held.position = 0) = p_worker
$$;
comment on function ratchet_internal.record_deliveries(bigint, bigint[], text[], int[], int[]) is
  'Keeps the order in which answers reached a function.';
