-- Where a place of the full form stands in the document as it was given.

create function ratchet_internal.given_path(p_document jsonb, p_path text[]) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when is_wrapped then array['app'] else '{}' end
    || case when p_path[2] = 'graphs' and not coalesce(body ? 'graphs', false)
      then p_path[4:] else p_path[2:] end
  from (select jsonb_typeof(p_document -> 'app') is not distinct from 'object' as is_wrapped) form
  cross join lateral (select case when is_wrapped then p_document -> 'app'
    else p_document end as body) part
$$;
comment on function ratchet_internal.given_path(jsonb, text[]) is
  'Path in the document as given of a path in its full form.';
