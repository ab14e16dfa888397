-- What an instance says of itself now. Writes: members.

create function ratchet.report_profile(p_worker bigint, p_guid text, p_profile json) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.members set profile = p_profile
  where worker_id = p_worker and guid = p_guid
$$;
comment on function ratchet.report_profile(bigint, text, json) is
  'Sets what an instance says of itself.';
