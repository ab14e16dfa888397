-- The first numbers of an address: where an ancestor is, seen from an activity. Inlinable.

create function ratchet_internal.cut_address(p_address text, p_numbers int) returns text
language sql stable parallel safe
return array_to_string((string_to_array(p_address, ','))[1:p_numbers + 1], ',');
comment on function ratchet_internal.cut_address(text, int) is
  'The first numbers of an address: ,0,1,0 cut to 2 is ,0,1.';
