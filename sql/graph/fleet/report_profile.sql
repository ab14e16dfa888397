-- What an instance says of itself now, as it serves a queue. Writes: members.

create function ratchet.report_profile(p_worker bigint, p_guid text, p_queue text, p_profile json)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.members set profile = p_profile
  where worker_id = p_worker and guid = p_guid and queue = p_queue
$$;
comment on function ratchet.report_profile(bigint, text, text, json) is
  'Sets what an instance says of itself.';
