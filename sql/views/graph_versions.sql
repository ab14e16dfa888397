-- The deployed versions of every app of graphs, as they are now.

create view ratchet.graph_versions with (security_invoker = true) as
select a.namespace, a.app, v.version, v.id is not distinct from a.version_id as is_active,
  (select count(*)::int from ratchet_internal.graphs g where g.version_id = v.id) as graph_count,
  (select count(*)::int from ratchet_internal.graph_activities g
    where g.version_id = v.id) as activity_count,
  v.deployed_at, case when v.id = a.version_id then a.activated_at end as activated_at
from ratchet_internal.graph_versions v
join ratchet_internal.graph_apps a on a.space = v.space
where v.replaced_at is null;
comment on view ratchet.graph_versions is
  'The deployed versions of every app of graphs; one of each app may be active.';
comment on column ratchet.graph_versions.namespace is
  'Namespace of the app; that of its jobs is <namespace>:<app>.';
comment on column ratchet.graph_versions.app is 'The app, as it was named when it was deployed.';
comment on column ratchet.graph_versions.version is 'The version, as its document names it.';
comment on column ratchet.graph_versions.is_active is
  'Whether it is the version that all jobs of the app follow.';
comment on column ratchet.graph_versions.graph_count is 'How many graphs it has.';
comment on column ratchet.graph_versions.activity_count is
  'How many activities its graphs have together.';
comment on column ratchet.graph_versions.deployed_at is 'When it was last deployed.';
comment on column ratchet.graph_versions.activated_at is
  'When it was made the active version; null unless it is.';
