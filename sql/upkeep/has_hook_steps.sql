-- Whether steps of hooks are still kept, or, of a graph's job, runs of its activities: by the two
-- ranges of their addresses, however many steps the main function has. Reads: attributes.

create function ratchet_internal.has_hook_steps(p_job bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from ratchet.jobs_attributes
      where job_id = p_job and address >= 'h' and address < 'i')
    or exists (select from ratchet.jobs_attributes
      where job_id = p_job and address >= ',' and address < '-')
$$;
comment on function ratchet_internal.has_hook_steps(bigint) is
  'Whether steps of hooks, or runs of activities of a graph, are still kept.';
