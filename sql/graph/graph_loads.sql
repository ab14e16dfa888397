-- Jobs of graphs that go on together: one value, since a set of rows would be copied twice.

create type ratchet_internal.graph_loads as (drafts ratchet_internal.graph_draft[]);
comment on type ratchet_internal.graph_loads is
  'Jobs of graphs that go on together, as they are loaded.';
