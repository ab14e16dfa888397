-- A run of an activity as a line of ratchet.graph_explain, without control characters.

create function ratchet_internal.run_text(
  p_now timestamptz, p_depth int, p_activity text, p_type text, p_pass int, p_state text,
  p_code int, p_attempts int, p_entered_at timestamptz, p_answered_at timestamptz, p_why text
) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select regexp_replace(repeat('      ', greatest(p_depth - 2, 0))
    || case when p_depth > 1 then '  ->  ' else '' end || p_activity
    || coalesce(' (' || p_type || ')', '')
    || case when p_pass > 1 then ' pass ' || p_pass else '' end || ': ' || p_state
    || coalesce(', code ' || p_code, '')
    || case when p_state in ('done', 'failed')
        then ', ' || ratchet_internal.elapsed(p_entered_at, p_answered_at)
      when p_state = 'open' and p_entered_at is not null
        then ' for ' || ratchet_internal.elapsed(p_entered_at, p_now) else '' end
    || case when p_attempts > 1 then ', ' || p_attempts || ' attempts' else '' end
    || coalesce('; ' || p_why, ''), '[[:cntrl:]]+', ' ', 'g')
$$;
comment on function ratchet_internal.run_text(timestamptz, int, text, text, int, text, int, int,
  timestamptz, timestamptz, text) is
  'A run of an activity as a line of ratchet.graph_explain.';
