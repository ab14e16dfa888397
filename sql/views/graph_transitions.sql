-- What leads from one activity to the next, in the deployed versions of every app, as they are now.

create view ratchet.graph_transitions with (security_invoker = true) as
select app.namespace, app.app, v.version, v.id is not distinct from app.version_id as is_active,
  a.path_names[1] as graph, a.name as from_activity, t.at::int as ordinal,
  t.value ->> 'to' as to_activity,
  ratchet_internal.condition_text(t.value -> 'conditions') as condition
from ratchet_internal.graph_versions v
join ratchet_internal.graph_apps app on app.space = v.space
join ratchet_internal.graph_activities a on a.version_id = v.id
cross join lateral jsonb_array_elements(v.document -> 'graphs') graph
cross join lateral jsonb_array_elements(graph -> 'transitions' -> a.name)
  with ordinality as t (value, at)
where v.replaced_at is null and graph -> 'activities' ? a.name;
comment on view ratchet.graph_transitions is
  'What leads from one activity to the next in the deployed versions of every app of graphs.';
comment on column ratchet.graph_transitions.namespace is
  'Namespace of the app; that of its jobs is <namespace>:<app>.';
comment on column ratchet.graph_transitions.app is 'The app.';
comment on column ratchet.graph_transitions.version is 'The version that has the transition.';
comment on column ratchet.graph_transitions.is_active is
  'Whether that is the version that all jobs of the app follow.';
comment on column ratchet.graph_transitions.graph is 'The graph, named by its trigger.';
comment on column ratchet.graph_transitions.from_activity is 'The activity that is answered.';
comment on column ratchet.graph_transitions.ordinal is
  'Place among the transitions of the same activity, from 1: the order in which they are taken.';
comment on column ratchet.graph_transitions.to_activity is 'The activity that is then entered.';
comment on column ratchet.graph_transitions.condition is
  'When it is taken: always, never, or response codes and what is to be equal. For people to read.';
