-- The buckets that a query is about, both ends included, oldest first. Two of start, end and range
-- tell which; for a granularity of infinity there is one, and no need to tell.
-- Raises: WF104.

create function ratchet_internal.stats_buckets(p_query jsonb, p_granularity text)
returns table (bucket text, segment text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step interval := case p_granularity when '1h' then '1 hour'
    when 'infinity' then null else replace(p_granularity, 'm', ' minutes') end::interval;
  v_range interval := case when p_query ->> 'range' ~ '^[0-9]{1,5}[mhd]$'
    then translate(p_query ->> 'range', 'mhd', '')::int * case right(p_query ->> 'range', 1)
      when 'm' then interval '1 minute' when 'h' then '1 hour' else '1 day' end end;
  v_start timestamptz := ratchet_internal.stats_time(p_query, 'start');
  v_end timestamptz := ratchet_internal.stats_time(p_query, 'end');
  v_epoch constant timestamp := timestamp '2000-01-01';
begin
  if p_granularity = 'infinity' then
    return query select '0', '0';
    return;
  end if;
  if num_nonnulls(p_query ->> 'start', p_query ->> 'end', p_query ->> 'range') <> 2
    or p_query ->> 'range' is not null and v_range is null
    or coalesce(v_end - v_start, v_range) not between interval '0' and v_step * 100000
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'query', 'start', p_query -> 'start', 'end', p_query -> 'end',
        'range', p_query -> 'range'), 'Invalid combination of start, end, and range values: give '
      || 'two of them, the range as 30m, 1h or 7d, and at most 100000 buckets in all.');
  end if;
  v_start := coalesce(v_start, v_end - v_range);
  v_end := coalesce(v_end, v_start + v_range);
  return query
    select to_char(at, 'YYYYMMDDHH24MI'), to_char(at, 'YYYY-MM-DD"T"HH24:MI"Z"')
    from generate_series(date_bin(v_step, v_start at time zone 'UTC', v_epoch),
      date_bin(v_step, v_end at time zone 'UTC', v_epoch), v_step) at;
end $$;
comment on function ratchet_internal.stats_buckets(jsonb, text) is
  'The buckets that a query for statistics is about, both ends included.';
