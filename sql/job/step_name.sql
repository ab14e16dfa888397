-- What a step called, taken back out of its field: all that follows the first blank after the
-- thread. Inlinable, as step_field is.

create function ratchet_internal.step_name(p_address text, p_field text) returns text
language sql immutable parallel safe
return substr(p_field, char_length(p_address) + 1
  + strpos(substr(p_field, char_length(p_address) + 1), ' '));
comment on function ratchet_internal.step_name(text, text) is
  'What a step called: its activity, signal or workflow name.';
