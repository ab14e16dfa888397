-- What a topic starts.

create type ratchet_internal.graph_beginning as (
  version ratchet_internal.graph_versions,
  graph ratchet_internal.graphs
);
comment on type ratchet_internal.graph_beginning is
  'What a topic starts: the active version, without its document, and the graph.';
