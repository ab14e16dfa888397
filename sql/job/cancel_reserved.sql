-- Ends an id that was reserved as a job that saw its cancellation first: whoever waits gets the
-- error. Locks: the job. Writes and wakes: as interrupt_jobs. Returns whether it was reserved.

create function ratchet_internal.cancel_reserved(p_id text, p_namespace text, p_now timestamptz)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job bigint;
begin
  select id into v_job from ratchet.jobs
  where key = p_id and namespace = p_namespace and status = -1 and pending_until > p_now
  for update;
  if not found then return false; end if;
  perform ratchet_internal.interrupt_jobs(p_now, array[v_job], array[p_id],
    array[json_build_object('reason', 'Workflow cancelled', 'code', 598)]);
  return true;
end $$;
comment on function ratchet_internal.cancel_reserved(text, text, timestamptz) is
  'Ends an id that was reserved as a job that was cancelled; returns whether it was.';
