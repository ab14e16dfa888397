-- Everything that is wrong with a document, all at once and in its order: errors, with which it
-- cannot be deployed, and warnings. Nothing in a document makes it raise. Nothing is known of how
-- many rows each part is: a merge join by the graph alone would pair all that is in one.

create function ratchet_internal.graph_problems(p_document jsonb, p_app text)
returns table (path text[], activity text, severity text, message text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
set enable_mergejoin = off
as $$
  with normal as materialized (select ratchet_internal.graph_normal(p_document, p_app) as n),
  problem as (
    select p.* from normal, ratchet_internal.problems_of_app(p_document, n, p_app) p
    union all select p.* from normal, ratchet_internal.problems_of_shape(n) p
    union all select p.* from normal, ratchet_internal.problems_of_names(n) p
    union all select p.* from normal, ratchet_internal.problems_of_graphs(n) p
    union all select p.* from normal, ratchet_internal.problems_of_activities(n) p
    union all select p.* from normal, ratchet_internal.problems_of_signals(n) p
    union all select p.* from normal, ratchet_internal.problems_of_values(n) p
    union all select p.* from normal, ratchet_internal.problems_of_transitions(n) p
    union all select p.* from normal, ratchet_internal.problems_of_hooks(n) p
    union all select p.* from normal, ratchet_internal.problems_of_expressions(n) p)
  select case when p.path[1] = '' then p.path[2:]
    else ratchet_internal.given_path(p_document, p.path) end,
    p.activity, p.severity, p.message, p.hint
  from problem p order by p.path, p.severity, p.message
$$;
comment on function ratchet_internal.graph_problems(jsonb, text) is
  'Everything that is wrong with a graph document: path as given, activity, severity (error or '
  'warning), message, hint.';
