-- Writes what a start says about its jobs: search attributes and markers. A function of its own,
-- because most starts say nothing, and statements that could write cost a third of a start.
-- Locks: the new rows. Writes: attributes.

create function ratchet_internal.describe_jobs(
  p_now timestamptz, p_jobs bigint[], p_options json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, address, field,
    value)
  select job.id, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), p_now,
    said.position, said.kind, said.address, said.field, said.value
  from unnest(p_jobs) as job (id)
  cross join (
    select 1, 'attribute', '_' || name, '_' || name, text
    from json_each_text(ratchet_internal.search_of(p_options)) as each (name, text)
    union all
    select at, 'marker', '#marker', name, text
    from json_each_text(ratchet_internal.readable(p_options -> 'marker'))
      with ordinality as each (name, text, at)
  ) as said (position, kind, address, field, value);
end $$;
comment on function ratchet_internal.describe_jobs(timestamptz, bigint[], json) is
  'Writes the search attributes and markers that a start gives its jobs.';
