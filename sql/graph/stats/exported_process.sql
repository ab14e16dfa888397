-- The runs of a job's activities as nested keys: those of one address beside the numbers that lead
-- on. A loop, because each step finds what the ones before have made.

create function ratchet_internal.exported_process(p_job ratchet.jobs) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_process jsonb := '{}';
  v_step record;
  v_path text[];
begin
  for v_step in
    select * from ratchet_internal.exported_steps(p_job) order by length(address), address
  loop
    v_path := string_to_array(substr(v_step.address, 2), ',');
    for v_depth in 1 .. cardinality(v_path) loop
      if v_process #> v_path[:v_depth] is null then
        v_process := jsonb_set(v_process, v_path[:v_depth], '{}');
      end if;
    end loop;
    v_process := jsonb_set(v_process, v_path || v_step.name, jsonb_build_object('output',
        jsonb_build_object('metadata', v_step.metadata)
        || case when v_step.output is null then '{}'
          else jsonb_build_object('data', v_step.output) end)
      || case when v_step.hook is null then '{}'
        else jsonb_build_object('hook', jsonb_build_object('data', v_step.hook)) end);
  end loop;
  return v_process || jsonb_build_object('$' || p_job.workflow, jsonb_build_object(
    'metadata', ratchet_internal.job_metadata(p_job), 'data', coalesce(p_job.context, '{}')));
end $$;
comment on function ratchet_internal.exported_process(ratchet.jobs) is
  'The runs of a job''s activities as nested keys, and the job itself.';
