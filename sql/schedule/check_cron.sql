-- Raises: WF108 unless a cron expression can be read.

create function ratchet_internal.check_cron(p_cron text) returns ratchet_internal.cron_rule
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule ratchet_internal.cron_rule := ratchet_internal.read_cron(p_cron);
begin
  if v_rule.months is null then
    perform ratchet_internal.raise_error('WF108', 'invalid cron expression',
      jsonb_build_object('cron', left(p_cron, 200)),
      'Give minute hour day month weekday, such as 30 8 * * mon-fri; a second may stand in front.');
  end if;
  return v_rule;
end $$;
comment on function ratchet_internal.check_cron(text) is
  'A cron expression, read; raises WF108 when it cannot be.';
