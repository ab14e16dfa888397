-- Address of a job's main function. Each generation has one of its own, so that whatever was meant
-- for an earlier one finds nothing. Inlinable: part of set-based statements.

create function ratchet_internal.main_address(p_generation int) returns text
language sql immutable parallel safe
return case when p_generation = 0 then '' else '$' || p_generation end;
comment on function ratchet_internal.main_address(int) is
  'Address of a job''s main function in a generation: empty, then $1, $2, ...';
