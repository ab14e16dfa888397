-- Raises: WF605 unless each statement of the transaction sees what was committed before it. The
-- engine locks a row and then looks at what its last owner wrote; with one snapshot for all, it
-- would not see it.

create function ratchet_internal.check_isolation() returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not ratchet_internal.is_read_committed() then
    perform ratchet_internal.raise_error('WF605', 'isolation level does not suit this call',
      jsonb_build_object('isolation', current_setting('transaction_isolation')),
      'Make this call in a transaction that is READ COMMITTED.');
  end if;
end $$;
comment on function ratchet_internal.check_isolation() is
  'Raises WF605 unless the transaction is READ COMMITTED.';
