-- The options of an activity that are evaluated when it runs, under the names by which the run time
-- knows them.

create function ratchet_internal.options_of(p_body jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(option.key, option.value), '{}')
  from (
    select key, value from jsonb_each(p_body)
    where key = any (case p_body ->> 'type'
      when 'trigger' then array['entity']
      when 'worker' then array['topic', 'statusThreshold']
      when 'await' then array['topic', 'await', 'statusThreshold']
      when 'signal' then array['topic', 'status', 'code', 'key_name', 'key_value', 'scrub',
        'statusThreshold']
      when 'cycle' then array['statusThreshold']
      when 'interrupt' then array['target', 'topic', 'reason', 'throw', 'code', 'stack', 'expire',
        'statusThreshold']
      else array['sleep', 'escalation', 'statusThreshold'] end)
      and not (key = 'topic' and p_body ->> 'type' in ('worker', 'await') and p_body ? 'subtype')
    union all
    select case when p_body ->> 'type' = 'signal' then 'subtype' else 'topic' end,
      coalesce(p_body -> 'subtype', '"one"')
    where p_body ->> 'type' = 'signal'
      or p_body ->> 'type' in ('worker', 'await') and p_body ? 'subtype'
    union all
    select 'has_target', 'true'
    where p_body ->> 'type' = 'interrupt' and p_body -> 'target' <> 'null'
    union all
    select 'resolver', p_body -> 'resolver' -> 'maps'
    where p_body ->> 'type' = 'signal' and p_body -> 'resolver' ? 'maps'
    union all
    select key, value from jsonb_each(p_body -> 'stats')
    where p_body ->> 'type' = 'trigger' and key in ('id', 'key', 'granularity')
    union all
    select 'measures', jsonb_agg(jsonb_build_object('measure', m -> 'measure', 'name',
      array_to_string((string_to_array(trim('{}' from m ->> 'target'), '.'))[4:], '/'))
      order by at)
    from jsonb_array_elements(p_body -> 'stats' -> 'measures') with ordinality as each (m, at)
    having count(*) > 0
    union all
    select 'measure' || at, m -> 'target'
    from jsonb_array_elements(p_body -> 'stats' -> 'measures') with ordinality as each (m, at)
  ) option
$$;
comment on function ratchet_internal.options_of(jsonb) is
  'The options of an activity that are evaluated when it runs.';
