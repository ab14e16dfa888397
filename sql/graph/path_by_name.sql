-- Paths that begin with $self, one or a list of them as text, with the name of the activity
-- instead. A brace stands nowhere else in them than at the beginning of a path.

create function ratchet_internal.path_by_name(p_paths text, p_name text) returns text
language sql immutable
return regexp_replace(p_paths, E'\\{\\$self(?=[,}])', '{' || p_name, 'g');
comment on function ratchet_internal.path_by_name(text, text) is
  'Paths that begin with $self, with the name of the activity instead.';
