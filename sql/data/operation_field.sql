-- Readable name of an operation on the data of a job: its thread, the number of the object, the
-- number of the operation within it from 0, and what it is. The address of an operation is its
-- thread, # and the number of the object; its position counts from 1. Inlinable.

create function ratchet_internal.operation_field(p_address text, p_position int, p_name text)
returns text
language sql immutable parallel safe
return rtrim(ratchet_internal.step_field(split_part(p_address, '#', 1),
    split_part(p_address, '#', 2)::int, '')) || '.'
  || case when p_position <= 1000 then lpad((p_position - 1)::text, 3, '0')
    else (p_position - 1)::text end
  || ' ' || p_name;
comment on function ratchet_internal.operation_field(text, int, text) is
  'Readable name of an operation on the data of a job.';
