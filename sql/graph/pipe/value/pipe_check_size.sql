-- Refuses a value that would be larger than an expression may make, before it is made: 16 MiB of
-- text, or as many items in a list as p_limit says.
-- Raises: WF506.

create function ratchet_internal.pipe_check_size(
  p_function text, p_size float8, p_limit float8 default 16777216
) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_size > p_limit then
    raise exception using errcode = 'WF506', message = 'expression too large',
      detail = jsonb_build_object('function', p_function, 'size', p_size::text,
        'limit', p_limit::text)::text,
      hint = 'Let the expression make smaller values, or compute this in a worker.';
  end if;
end $$;
comment on function ratchet_internal.pipe_check_size(text, float8, float8) is
  'Raises WF506 if a value of this size is more than an expression may make.';
