-- Takes jobs off the lists of an index: keys are <bucket>:<name>:<value>. Writes: graph_facts.

create function ratchet_internal.unlist_jobs(
  p_space text, p_topic text, p_keys text[], p_jobs text[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from ratchet_internal.graph_facts f
  where f.space = p_space and f.measure = 'index'
    and f.topic = any (ratchet_internal.fact_topics(p_space, p_topic))
    and f.job_key = any (p_jobs) and f.bucket || ':' || f.name || ':' || f.value = any (p_keys)
$$;
comment on function ratchet_internal.unlist_jobs(text, text, text[], text[]) is
  'Takes jobs off the lists of an index.';
