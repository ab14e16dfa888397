-- How long something took, as people read it.

create function ratchet_internal.elapsed(p_from timestamptz, p_to timestamptz) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
set intervalstyle = postgres
as $$
  select case
    when p_to - p_from < interval '1 second'
      then round(extract(epoch from greatest(p_to - p_from, interval '0')) * 1000) || ' ms'
    when p_to - p_from < interval '1 minute'
      then round(extract(epoch from p_to - p_from), 1) || ' s'
    else date_trunc('second', p_to - p_from)::text end
$$;
comment on function ratchet_internal.elapsed(timestamptz, timestamptz) is
  'How long something took, as people read it.';
