-- Status and code of a signal belong together: 202 is pending, and all else closes the wait.
-- Raises: WF107 when they contradict each other.

create function ratchet_internal.signal_code(p_status text, p_code int) returns int
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_expression(
    coalesce(p_status, 'success') in ('success', 'pending')
      and coalesce(p_code, 200) in (200, 202)
      and (p_status is null or p_code is null or (p_status = 'pending') = (p_code = 202)),
    'status', 'a signal is success with code 200 or pending with code 202');
  return case when p_status = 'pending' or p_code = 202 then 202 else 200 end;
end $$;
comment on function ratchet_internal.signal_code(text, int) is
  'The code of a signal, from its status, its code, or both; raises WF107 when they disagree.';
