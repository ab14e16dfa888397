-- Carries out the operations on the data of jobs that steps of this exchange ask for, and records
-- each with its answer, all in this commit: so each is done once, however often it is reported. The
-- operations of one job are done in the order given, each on what the one before left; documents
-- are read and written once a job.
-- Locks: attributes. The jobs are locked by the caller, so that operations of several threads of a
-- job, in several workers, follow one another. Writes: attributes, jobs.
-- Idempotent: what is recorded is not done again. Returns how many operations were new.

create function ratchet_internal.change_data(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_kinds text[], p_names text[], p_inputs json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with recursive operation as materialized (
    select s.*, row_number() over (partition by s.job_id, s.kind order by s.ordinal) as turn
    from unnest(p_jobs, p_addresses, p_positions, p_kinds, p_names, p_inputs) with ordinality
      as s (job_id, address, at, kind, name, input, ordinal)
    join ratchet.jobs j on j.id = any (array[s.job_id]) and j.status > 0
    where s.kind in ('search', 'entity')
      and (select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
        and held.address = split_part(s.address, '#', 1) and held.position = 0) = p_worker
      and (select true from ratchet.jobs_attributes a where a.job_id = s.job_id
        and a.address = s.address and a.position = s.at) is null),
  run (job_id, kind, turn, document, answer, problem) as (
    select first.job_id, first.kind, 0::bigint, case first.kind
        when 'search' then ratchet_internal.attributes_of(first.job_id) else j.context end,
      null::jsonb, null
    from operation first join ratchet.jobs j on j.id = any (array[first.job_id])
    where first.turn = 1
    union all
    select o.job_id, o.kind, o.turn, made.document, made.answer, made.problem
    from run r
    join operation o on o.job_id = r.job_id and o.kind = r.kind and o.turn = r.turn + 1
    cross join lateral ratchet_internal.change_document(o.name, o.input, r.document) made),
  recorded as (
    insert into ratchet.jobs_attributes (job_id, address, position, kind, field, ledger,
      is_failed, input, value, created_at)
    select o.job_id, o.address, o.at, o.kind,
      ratchet_internal.operation_field(o.address, o.at, o.name),
      ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
      r.problem is not null, o.input, r.answer::text, p_now
    from operation o join run r using (job_id, kind, turn)),
  changed as materialized (
    select job_id, kind, before.document as before, after.document as after,
      1 as at -- a number known to the plan would do to look for it in all jobs
    from run before
    join (select distinct on (job_id, kind) job_id, kind, document from run
      order by job_id, kind, turn desc) after using (job_id, kind)
    where turn = 0 and before.document is distinct from after.document),
  entity as (
    update ratchet.jobs j set context = c.after, updated_at = p_now
    from changed c where c.kind = 'entity' and j.id = any (array[c.job_id])),
  stored as (
    insert into ratchet.jobs_attributes as a (job_id, address, position, kind, field, ledger,
      value, created_at)
    select c.job_id, '_' || name, 1, 'attribute', '_' || name,
      ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), value, p_now
    from changed c cross join lateral jsonb_each_text(c.after) as each (name, value)
    where c.kind = 'search' and value is distinct from c.before ->> name
    on conflict (job_id, address, position) do update
    set value = excluded.value, updated_at = p_now),
  removed as (
    delete from ratchet.jobs_attributes a
    using changed c cross join lateral jsonb_object_keys(c.before) as name
    where c.kind = 'search' and not c.after ? name
      and a.job_id = any (array[c.job_id]) and a.address = '_' || name and a.position = c.at)
  select count(*) into v_count from operation;
  return v_count;
end $$;
comment on function ratchet_internal.change_data(
  bigint, timestamptz, bigint[], text[], int[], text[], text[], json[]) is
  'Carries out operations on search attributes and entities, and records each with its answer.';
