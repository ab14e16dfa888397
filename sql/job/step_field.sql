-- Readable name of a step: its thread, its position in at least five digits, and what was called,
-- so that the order of the names is the order of the calls. Inlinable: part of set-based inserts.

create function ratchet_internal.step_field(p_address text, p_position int, p_name text)
returns text
language sql immutable parallel safe
return case when p_address = '' then '' else p_address || '/' end
  || case when p_position < 100000 then lpad(p_position::text, 5, '0') else p_position::text end
  || ' ' || p_name;
comment on function ratchet_internal.step_field(text, int, text) is
  'Readable name of a step: thread, position in five digits or more, what was called.';
