-- Of the steps that an exchange has scheduled in this transaction those of the kinds p_asked, which
-- nobody has acted on yet: their messages have no key. In key order. They are looked up one by one:
-- their jobs may have thousands of other steps, and other messages had no key before they died.

create function ratchet_internal.asked_steps(
  p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[], p_asked text[]
) returns table (
  job_id bigint, address text, "position" int, kind text, name text, namespace text, options json,
  input json
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select given.job_id, given.address, given.at, given.kind,
    ratchet_internal.step_name(a.address, a.field), m.namespace,
    ratchet_internal.readable(m.options), a.input
  from unnest(p_jobs, p_addresses, p_positions, p_kinds) as given (job_id, address, at, kind)
  cross join lateral (
    select m.kind, m.key, m.namespace, m.options from ratchet_internal.messages m
    where m.job_id = given.job_id and m.address = given.address and m.position = given.at
    limit 1) m
  cross join lateral (
    select a.address, a.field, a.input from ratchet.jobs_attributes a
    where a.job_id = given.job_id and a.address = given.address and a.position = given.at
    limit 1) a
  where given.kind = any (p_asked) and m.kind = 'child' and m.key = ''
  order by given.job_id, given.address, given.at;
end $$;
comment on function ratchet_internal.asked_steps(bigint[], text[], int[], text[], text[]) is
  'Steps scheduled in this transaction that ask something of others, and were not acted on yet.';
