-- Checks how tasks are to be listed; null columns: in the order of the worklist. Raises: WF104.

create function ratchet_internal.escalation_order(p_order json, p_limit int, p_offset int)
returns table (columns text[], downs boolean[])
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_order jsonb := coalesce(p_order::jsonb, '[]');
begin
  if jsonb_typeof(v_order) <> 'array' or jsonb_array_length(v_order) > 6 or exists (
    select from jsonb_array_elements(v_order) as o (item)
    where coalesce(o.item ->> 'column', '') not in ('priority', 'created_at', 'updated_at',
        'resolved_at', 'role', 'type')
      or coalesce(lower((o.item ->> 'direction') collate "C"), 'asc') not in ('asc', 'desc'))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'order', 'value', left(v_order::text, 100)),
      'Sort by up to six of priority, created_at, updated_at, resolved_at, role and type, asc'
      || ' or desc.');
  end if;
  if p_limit is null or p_limit < 0 or p_offset is null or p_offset < 0 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'limit', 'limit', p_limit, 'offset', p_offset),
      'Limit and offset are whole numbers, not negative.');
  end if;
  return query
  select array_agg(o.item ->> 'column' order by o.at),
    array_agg(coalesce(lower((o.item ->> 'direction') collate "C"), 'asc') = 'desc' order by o.at)
  from jsonb_array_elements(v_order) with ordinality as o (item, at);
end $$;
comment on function ratchet_internal.escalation_order(json, int, int) is
  'Columns and directions to list tasks in, checked; raises WF104.';
