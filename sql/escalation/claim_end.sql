-- When a claim ends that begins now. Raises: WF101, WF103.

create function ratchet_internal.claim_end(
  p_assignee text, p_minutes float8, p_now timestamptz
) returns timestamptz
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_assignee, 'assignee');
  if p_minutes is null or not (p_minutes > 0 and p_minutes <= 5256000) then
    perform ratchet_internal.raise_error('WF103', 'invalid duration',
      jsonb_build_object('minutes', p_minutes),
      'Give the minutes of a claim, above zero and at most ten years.');
  end if;
  return p_now + make_interval(secs => p_minutes * 60);
end $$;
comment on function ratchet_internal.claim_end(text, float8, timestamptz) is
  'When a claim ends that begins now; raises WF101 or WF103.';
