-- The executions of the children that a job has started, in the order of their starts, with theirs,
-- as deep as asked for.

create function ratchet_internal.child_executions(p_job ratchet.jobs, p_options json, p_depth int)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_depth <= 0 then return '[]'; end if;
  return (
    select coalesce(json_agg(ratchet_internal.execution(child, p_options, p_depth - 1)
      order by child.id), '[]')
    from ratchet.jobs child
    where child.parent_id = p_job.id and child.namespace = p_job.namespace
      and child.key in (
        select s.target from ratchet.steps s
        where s.job_id = p_job.id and s.kind in ('child', 'start')));
end $$;
comment on function ratchet_internal.child_executions(ratchet.jobs, json, int) is
  'The executions of the children that a job has started, with theirs.';
