-- For a program that has several starts to make at the same time: starts them in one commit, and
-- returns the ids that it did not start, because jobs of those ids are kept or reserved, so that
-- start_workflow is called for each of them. Unlike start_workflows it never waits long for another
-- transaction that starts the same id: it fails as a whole (55P03 after 100 ms), and each is then
-- started by itself.
-- Locks: the new rows. Writes: jobs, messages. Wakes: an idle worker, once.
-- Raises: WF101, WF102, WF104, WF501. Idempotent: with the same p_request_id the first answer is
-- given again.

create function ratchet.start_together(
  p_workflow text, p_ids text[], p_args json[], p_queue text, p_namespace text, p_options json,
  p_request_id uuid
) returns setof text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '100ms'
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, p_queue, p_options);
  perform ratchet_internal.check_jobs(p_ids, p_args);
  v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, p_queue, p_ids, p_args,
    p_options, p_request_id);
  if v_count < cardinality(p_ids) then
    return query select given.id from unnest(p_ids) as given (id) where (
      select request_id from ratchet.jobs where key = given.id and namespace = p_namespace
    ) is distinct from p_request_id;
  end if;
end $$;
comment on function ratchet.start_together(text, text[], json[], text, text, json, uuid) is
  'Starts different jobs of one workflow in one commit; returns the ids it did not start because '
  'they are taken or reserved. Raises 55P03 when one is being started elsewhere.';
