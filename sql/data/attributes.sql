-- The search attributes of a job, running or finished. Raises: WF201.

create function ratchet.attributes(
  p_id text, p_namespace text default 'durable', p_is_nested boolean default false
) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when p_is_nested then ratchet_internal.nested(data) else data end
  from (select ratchet_internal.attributes_of(
    (ratchet_internal.find_job(p_id, p_namespace)).id) as data) job
$$;
comment on function ratchet.attributes(text, text, boolean) is
  'The search attributes of a job, texts by name; nested: a / in a name leads one level down.';
