-- Whether a job may have this id and these arguments. Inlinable: asked for each of many, and by a
-- single start in one expression with its names.

create function ratchet_internal.is_job(p_id text, p_args json) returns boolean
language sql immutable parallel safe
return ratchet_internal.is_name(p_id) and ratchet_internal.is_arguments(p_args)
  and octet_length(p_args::text) <= 16777216;
comment on function ratchet_internal.is_job(text, json) is
  'Whether a job may have this id and these arguments.';
