-- Lineage that a payload tells of: its parentWorkflowId and originJobId, ids of jobs of the same
-- app. Ids of no job are left out; the root is that of the parent unless it is told.

create function ratchet_internal.told_lineage(p_job ratchet.jobs, p_payload jsonb)
returns ratchet.jobs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_job;
  v_root bigint;
begin
  select id, coalesce(origin_id, id) into v_job.parent_id, v_root from ratchet.jobs
  where key = p_payload ->> 'parentWorkflowId' and namespace = p_job.namespace;
  select id into v_job.origin_id from ratchet.jobs
  where key = p_payload ->> 'originJobId' and namespace = p_job.namespace;
  v_job.origin_id := coalesce(v_job.origin_id, v_root);
  return v_job;
end $$;
comment on function ratchet_internal.told_lineage(ratchet.jobs, jsonb) is
  'A job with the lineage that its payload tells of.';
