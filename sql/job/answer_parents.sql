-- Answers the steps that wait for jobs which end in this transaction.
-- Locks: the messages of those steps (the caller has them). Writes: messages, attributes.

create function ratchet_internal.answer_parents(
  p_now timestamptz, p_ended bigint[], p_is_addressed boolean
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_told record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts,
    array_agg(j.error is not null and not j.is_silent) as failed,
    array_agg(case when j.error is null then j.result::text
      when not j.is_silent then j.error::text end) as answers,
    array_agg(case when j.version is not null and j.error is not null
      then ratchet_internal.number_of(j.error, 'code', 500)::int end) as codes
  into v_told
  from ratchet_internal.messages m
  cross join lateral (
    select error, result, version, is_silent from ratchet.jobs
    where id = m.key::bigint limit 1) j
  where m.kind = 'child' and m.key = any (p_ended::text[]);
  if v_told.jobs is not null then
    perform ratchet_internal.settle(p_now, v_told.jobs, v_told.addresses, v_told.positions,
      v_told.attempts, v_told.failed, v_told.answers, p_is_addressed, v_told.codes);
  end if;
end $$;
comment on function ratchet_internal.answer_parents(timestamptz, bigint[], boolean) is
  'Answers the steps that wait for jobs which end in this transaction.';
