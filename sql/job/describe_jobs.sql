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
  if p_options -> 'search' is not null then
    perform ratchet_internal.set_attributes(p_now, p_jobs,
      array_fill(ratchet_internal.search_of(p_options), array[cardinality(p_jobs)]));
  end if;
  if json_typeof(p_options -> 'marker') is distinct from 'object' then return; end if;
  insert into ratchet.jobs_attributes (job_id, ledger, created_at, position, kind, address, field,
    value)
  select job.id, ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), p_now,
    said.at + coalesce((select max(position) from ratchet.jobs_attributes
      where job_id = job.id and address = '#marker'), 0),
    'marker', '#marker', said.name, said.value
  from unnest(p_jobs) as job (id)
  cross join json_each_text(ratchet_internal.readable(p_options -> 'marker'))
    with ordinality as said (name, value, at);
end $$;
comment on function ratchet_internal.describe_jobs(timestamptz, bigint[], json) is
  'Writes the search attributes and markers that a start gives its jobs.';
