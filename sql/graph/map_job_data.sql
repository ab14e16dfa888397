-- Evaluates the job maps of an activity: those for its response code, or those for any. Maps that
-- come to no object write nothing. Names of user data have what an index of Postgres takes.

create function ratchet_internal.map_job_data(
  p_data jsonb, p_activity ratchet_internal.graph_activities, p_view jsonb,
  p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_which text := case when p_activity.job_maps ? p_out.code::text then p_out.code::text
    else '' end;
  v_patch jsonb;
  v_fields jsonb;
begin
  if not p_activity.job_maps ? v_which then return v_out; end if;
  v_patch := ratchet_internal.run_maps(p_activity.job_maps -> v_which, p_view);
  if jsonb_typeof(v_patch) is distinct from 'object' then return v_out; end if;
  v_out.data := coalesce(ratchet_internal.merge_job_data(p_data, v_patch,
    p_activity.job_shapes -> v_which), '{}');
  if p_activity.job_shapes is not null then
    v_fields := ratchet_internal.user_fields(v_patch);
    if v_fields is not null then
      perform ratchet_internal.check_expression(max(length(name)) <= 512, 'job.maps',
        'a name of user data has more than 512 characters') from jsonb_object_keys(v_fields) name;
      v_out.effects := v_out.effects
        || jsonb_build_object('kind', 'fields', 'fields', v_fields);
    end if;
  end if;
  return v_out;
end $$;
comment on function ratchet_internal.map_job_data(jsonb, ratchet_internal.graph_activities, jsonb,
  ratchet_internal.graph_outcome) is
  'Evaluates the job maps of an activity.';
