-- Whether a cron rule allows a day. Where both day and weekday are restricted, either may match.
-- Inlinable: a rule may be asked for thousands of days.

create function ratchet_internal.is_cron_day(p_rule ratchet_internal.cron_rule, p_day date)
returns boolean
language sql immutable parallel safe
return extract(month from p_day)::int = any ((p_rule).months)
  and case
    when cardinality((p_rule).days) >= 31 and (p_rule).weekdays = '{0,1,2,3,4,5,6}' then true
    when (p_rule).weekdays <> '{0,1,2,3,4,5,6}' and (
      extract(dow from p_day)::int = any ((p_rule).weekdays)
      or 10 + extract(dow from p_day)::int = any ((p_rule).weekdays)
        and extract(month from p_day + 7) <> extract(month from p_day)
      or 100 + extract(dow from p_day)::int * 10 + (extract(day from p_day)::int + 6) / 7
        = any ((p_rule).weekdays)) then true
    when cardinality((p_rule).days) >= 31 then false
    else extract(day from p_day)::int = any ((p_rule).days)
      or 32 = any ((p_rule).days) and extract(day from p_day + 1) = 1 end;
comment on function ratchet_internal.is_cron_day(ratchet_internal.cron_rule, date) is
  'Whether a cron rule allows a day.';
