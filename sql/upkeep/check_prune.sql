-- Checks what prune is given. Raises: WF103, WF104.

create function ratchet_internal.check_prune(p_older_than interval, p_batch int) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_older_than is null or not p_older_than between interval '0' and interval '300 years' then
    perform ratchet_internal.raise_error('WF103', 'invalid duration',
      jsonb_build_object('older_than', p_older_than), 'Give an interval from zero to 300 years.');
  end if;
  if p_batch is null or p_batch < 1 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'batch', 'value', p_batch), 'Give a batch of at least 1 job.');
  end if;
end $$;
comment on function ratchet_internal.check_prune(interval, int) is
  'Raises WF103 or WF104 unless prune can work with what it is given.';
