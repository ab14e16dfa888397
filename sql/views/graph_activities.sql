-- The activities of the deployed versions of every app, as they are now.

create view ratchet.graph_activities with (security_invoker = true) as
select app.namespace, app.app, v.version, v.id is not distinct from app.version_id as is_active,
  a.path_names[1] as graph, a.name as activity, a.kind as type,
  written.body ->> 'subtype' as subtype,
  case a.kind when 'trigger' then g.topic when 'hook' then a.hook ->> 'topic'
    when 'worker' then coalesce(written.body ->> 'subtype', written.topic)
    when 'await' then coalesce(written.body ->> 'subtype', written.topic)
    else written.topic end as topic,
  a.kind = 'trigger' as is_trigger, a.path_names[cardinality(a.path) - 1] as parent,
  cardinality(a.path) as depth, ancestor.name as ancestor,
  case when a.kind = 'hook' then ratchet_internal.expression_text(written.body -> 'sleep') end
    as sleep,
  a.position
from ratchet_internal.graph_versions v
join ratchet_internal.graph_apps app on app.space = v.space
join ratchet_internal.graph_activities a on a.version_id = v.id
join ratchet_internal.graphs g on g.version_id = v.id and g.position = a.path[1]
left join ratchet_internal.graph_names ancestor
  on ancestor.space = v.space and ancestor.position = a.ancestor
cross join lateral (
  select graph -> 'activities' -> a.name as body,
    ratchet_internal.expression_text(graph -> 'activities' -> a.name -> 'topic') as topic
  from jsonb_array_elements(v.document -> 'graphs') graph
  where graph -> 'activities' ? a.name) written
where v.replaced_at is null;
comment on view ratchet.graph_activities is
  'The activities of the deployed versions of every app of graphs.';
comment on column ratchet.graph_activities.namespace is
  'Namespace of the app; that of its jobs is <namespace>:<app>.';
comment on column ratchet.graph_activities.app is 'The app.';
comment on column ratchet.graph_activities.version is 'The version that has the activity.';
comment on column ratchet.graph_activities.is_active is
  'Whether that is the version that all jobs of the app follow.';
comment on column ratchet.graph_activities.graph is 'The graph, named by its trigger.';
comment on column ratchet.graph_activities.activity is 'Id of the activity, unique in its version.';
comment on column ratchet.graph_activities.type is
  'trigger, worker, await, hook, signal, cycle or interrupt; activity is another word for hook.';
comment on column ratchet.graph_activities.subtype is 'The subtype as written; null for none.';
comment on column ratchet.graph_activities.topic is
  'Topic that starts the graph (trigger), is served (worker), started (await), waited for (hook) '
  'or signalled; an expression as written; null for none.';
comment on column ratchet.graph_activities.is_trigger is
  'Whether it is the one with which its graph begins.';
comment on column ratchet.graph_activities.parent is
  'The activity whose transition leads to it; null for a trigger.';
comment on column ratchet.graph_activities.depth is
  'How many activities lead from the trigger to it, both counted; as many numbers has its address.';
comment on column ratchet.graph_activities.ancestor is
  'For a cycle, the activity that is entered again; null for others.';
comment on column ratchet.graph_activities.sleep is
  'For a hook, the seconds it waits at most, or the expression of them; null for none.';
comment on column ratchet.graph_activities.position is
  'Number of the activity id in the app, the position in jobs_attributes.';
