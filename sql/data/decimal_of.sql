-- Reads a number out of text that anybody may have written. Total: null where it is none, or none
-- of a sane size (800 characters, exponents of three digits). Inlinable.

create function ratchet_internal.decimal_of(p_text text) returns numeric
language sql immutable parallel safe
return case when char_length(p_text) <= 800
    and p_text ~ E'^[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?$'
  then p_text::numeric end;
comment on function ratchet_internal.decimal_of(text) is
  'The number that a text is; null where it is none of a sane size.';
