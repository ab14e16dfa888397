-- Lets an idle worker look again: a schedule may be due earlier than it thought.

create function ratchet_internal.wake_idle() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.workers where is_idle) then
    perform pg_notify('ratchet', '');
  end if;
end $$;
comment on function ratchet_internal.wake_idle() is
  'Notifies idle workers that a schedule has changed.';
