-- When a transition is taken, as people read it: always, never, or response codes and what is to
-- be equal. It says what rule_compile makes of the same condition.

create function ratchet_internal.condition_text(p_conditions jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_conditions = 'false' or codes.text is null then 'never'
    when jsonb_typeof(p_conditions) is distinct from 'object' then 'always'
    when jsonb_typeof(p_conditions -> 'match') is distinct from 'array' then codes.text
    when matches.count = 0 then case when gate.word = 'or' then 'never' else codes.text end
    when matches.count > 1 and gate.word = 'or' then codes.text || ' and (' || matches.text || ')'
    else codes.text || ' and ' || matches.text end
  from (select case when p_conditions ->> 'gate' = 'or' then 'or' else 'and' end as word) gate
  cross join lateral (
    select 'code ' || string_agg(code, ' or ' order by at) as text
    from jsonb_array_elements_text(case jsonb_typeof(p_conditions -> 'code')
      when 'array' then p_conditions -> 'code'
      else jsonb_build_array(coalesce(p_conditions ->> 'code', '200')) end)
      with ordinality as c (code, at)) codes
  cross join lateral (
    select count(*) as count,
      string_agg(ratchet_internal.expression_text(m.value -> 'actual') || ' = '
        || coalesce(left((m.value -> 'expected')::text, 120), 'undefined'),
        ' ' || gate.word || ' ' order by m.at) as text
    from jsonb_array_elements(case when jsonb_typeof(p_conditions -> 'match') = 'array'
      then p_conditions -> 'match' else '[]' end) with ordinality as m (value, at)) matches
$$;
comment on function ratchet_internal.condition_text(jsonb) is
  'When a transition is taken, as people read it: always, never, or codes and matches.';
