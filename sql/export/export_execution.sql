-- The event history of a job, running or finished. Options: mode (sparse, or verbose: with
-- children, max_depth levels, 5 unless given), exclude_system, omit_results, enrich_inputs,
-- include_lineage, include_stream_history. Raises: WF201.

create function ratchet.export_execution(
  p_id text, p_namespace text default 'durable', p_options json default '{}'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
  select ratchet_internal.execution(ratchet_internal.find_job(p_id, p_namespace), p_options,
    least(ratchet_internal.number_of(p_options, 'max_depth', 5), 100)::int)
$$;
comment on function ratchet.export_execution(text, text, json) is
  'The event history of a job as one object. Options: mode (sparse; verbose: with children, '
  'max_depth levels, 5 unless given), and true or false each: exclude_system, omit_results, '
  'enrich_inputs, include_lineage, include_stream_history. Raises WF201.';
