-- What makes two schedules the same: all that their creator said.

create function ratchet_internal.schedule_terms(p_new ratchet.schedules, p_is_start_open boolean)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array[p_new.cron, p_new.every_ms::text, p_new.timezone,
    case when not p_is_start_open then extract(epoch from p_new.starts_at)::text end,
    extract(epoch from p_new.ends_at)::text, p_new.catch_up, p_new.catch_up_ms::text, p_new.overlap,
    p_new.is_from_end::text, p_new.stops_on_failure::text, p_new.max_runs::text,
    p_new.workflow, p_new.queue, p_new.input::text, p_new.options::text]
$$;
comment on function ratchet_internal.schedule_terms(ratchet.schedules, boolean) is
  'What makes two schedules the same.';
