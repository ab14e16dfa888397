-- Checks what every way of starting a job is given.
-- Raises: WF101 for a bad name, WF104 for a bad option, WF105 for text Postgres cannot store.

create function ratchet_internal.check_start(
  p_namespace text, p_workflow text, p_queue text, p_options json
) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_name(p_namespace, 'namespace'),
    ratchet_internal.check_name(p_workflow, 'workflow'),
    ratchet_internal.check_name(p_queue, 'queue');
  if p_options is null or ratchet_internal.asks_to_watch(p_options) then return; end if;
  perform ratchet_internal.check_readable(p_options, 'options');
  if json_typeof(p_options) = 'object' then
    v_option := ratchet_internal.bad_option(p_options);
  else
    v_option := '(not an object)';
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_option, 100)),
      'Options are entity (name), expire and pending (seconds), delay (milliseconds; all at most'
      || ' 1e13), watch, persistent and signalIn (booleans), search ({"data": {"name": "text"}}),'
      || ' marker (an object whose keys begin with -)'
      || ' and retry (an object of maximumAttempts, backoffCoefficient, initialInterval and'
      || ' maximumInterval: numbers, not negative, the intervals in milliseconds).');
  end if;
end $$;
comment on function ratchet_internal.check_start(text, text, text, json) is
  'Raises WF101, WF104 or WF105 unless namespace, workflow, queue and options of a start are '
  'valid.';
