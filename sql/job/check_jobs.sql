-- Checks the ids and arguments of many starts in one statement.
-- Raises: WF101 for a bad id, WF102 where there is no array of arguments, WF501 too large.

create function ratchet_internal.check_jobs(p_ids text[], p_args json[]) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at bigint;
begin
  select given.at into v_at
  from unnest(p_ids, p_args) with ordinality as given (id, args, at)
  where not ratchet_internal.is_job(given.id, given.args)
  limit 1;
  if v_at is not null then
    perform ratchet_internal.check_name(p_ids[v_at], 'workflow id');
    perform ratchet_internal.check_size(p_args[v_at], 'arguments');
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('workflow_id', p_ids[v_at], 'at', v_at),
      'Give as many JSON arrays of arguments as ids.');
  end if;
end $$;
comment on function ratchet_internal.check_jobs(text[], json[]) is
  'Raises WF101, WF102 or WF501 unless every job has a valid id and an array of arguments.';
