-- cron.nextDelay: whole seconds until the next tick of a cron expression in UTC, at least the five
-- seconds that timers are exact to; -1 for what is not text. The expressions are those of schedules
-- (sql/schedule), at most 1,000 characters long.
-- Raises: WF107.

create function ratchet_internal.pipe_cron(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_rule ratchet_internal.cron_rule;
  v_next timestamptz;
begin
  if jsonb_typeof(p_args[1]) is distinct from 'string' then return '-1'; end if;
  if length(p_args[1] #>> '{}') <= 1000 then
    v_rule := ratchet_internal.read_cron(ratchet_internal.pipe_trim(p_args[1] #>> '{}', 'both'));
  end if;
  if v_rule.months is not null then
    v_next := ratchet_internal.cron_next(v_rule, 'UTC', v_now);
  end if;
  if v_next is null then
    return ratchet_internal.pipe_fail(p_function, 'the text is not a cron expression');
  end if;
  return to_jsonb(greatest(ceil(extract(epoch from v_next - v_now)), 5)::int);
end $$;
comment on function ratchet_internal.pipe_cron(text, jsonb[]) is
  'Seconds until the next tick of a cron expression.';
