-- What a topic starts.

create type ratchet_internal.graph_beginning as (
  version ratchet_internal.graph_versions,
  graph ratchet_internal.graphs,
  trigger ratchet_internal.graph_activities
);
comment on type ratchet_internal.graph_beginning is
  'What a topic starts: the active version, without its document, the graph, and its trigger.';
