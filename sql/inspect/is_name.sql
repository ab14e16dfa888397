-- Whether a text can name a workflow, queue, signal or namespace. Inlinable: used per row of bulk
-- calls.

create function ratchet_internal.is_name(p_name text) returns boolean
language sql immutable parallel safe
return p_name is not null and p_name <> ''
  and (octet_length(p_name) <= 512 or char_length(p_name) <= 512)
  and p_name !~ E'[\\x01-\\x1f\\x7f]';
comment on function ratchet_internal.is_name(text) is
  'Whether a text is a name: 1 to 512 characters, none of them a control character.';
