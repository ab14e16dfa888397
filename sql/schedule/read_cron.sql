-- Reads a cron expression: five fields, minute hour day month weekday, or six with the second in
-- front; fewer are the last ones. Null when it cannot be read, or when no day can ever match.

create function ratchet_internal.read_cron(p_cron text) returns ratchet_internal.cron_rule
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := lower(btrim(p_cron, E' \t\n\r') collate "C");
  v_fields text[] := regexp_split_to_array(case v_text
    when '@yearly' then '0 0 1 1 *' when '@monthly' then '0 0 1 * *' when '@weekly' then '0 0 * * 0'
    when '@daily' then '0 0 * * *' when '@hourly' then '0 * * * *' when '' then '*'
    else v_text end, E'\\s+');
  v_months constant text[] := '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}';
  v_rule ratchet_internal.cron_rule;
begin
  if p_cron is null or cardinality(v_fields) > 6 then return null; end if;
  v_fields := array_cat(('{0,*,*,*,*,*}'::text[])[1:6 - cardinality(v_fields)], v_fields);
  v_rule.seconds := ratchet_internal.cron_set(v_fields[1], 0, 59);
  v_rule.minutes := ratchet_internal.cron_set(v_fields[2], 0, 59);
  v_rule.hours := ratchet_internal.cron_set(v_fields[3], 0, 23);
  v_rule.days := case v_fields[4] when 'l' then '{32}' else ratchet_internal.cron_set(
    array_to_string(array_remove(string_to_array(v_fields[4], ','), 'l'), ','), 1, 31) end;
  v_rule.months := ratchet_internal.cron_set(v_fields[5], 1, 12, v_months);
  v_rule.weekdays := ratchet_internal.cron_weekdays(v_fields[6]);
  if num_nulls(v_rule.seconds, v_rule.minutes, v_rule.hours, v_rule.days, v_rule.months,
    v_rule.weekdays) > 0
  then
    return null;
  end if;
  if v_fields[4] ~ ',l|l,' then
    v_rule.days := v_rule.days || 32;
  end if;
  -- A day that no month has, such as 30 February, is a mistake unless a weekday may match instead.
  if v_rule.weekdays = '{0,1,2,3,4,5,6}' and not exists (
      select from unnest(v_rule.months) as month, unnest(v_rule.days) as day
      where day = 32 or day <= case when month = 2 then 29 when month in (4, 6, 9, 11) then 30
        else 31 end)
  then
    return null;
  end if;
  return v_rule;
end $$;
comment on function ratchet_internal.read_cron(text) is
  'Reads a cron expression; null when it cannot be read or no day can ever match.';
