-- Which function belongs to which access. Data, so that the grants can be read and tested; nothing
-- is granted to PUBLIC. Of the internal functions readers get those that the views call.

create table ratchet_internal.grants (
  function name not null,
  access text not null,
  primary key (function, access),
  constraint "access is one the engine knows"
    check (access in ('reader', 'client', 'worker', 'operator'))
);
comment on table ratchet_internal.grants is 'Which function may be called with which access.';
comment on column ratchet_internal.grants.function is
  'Name of the function; names are unique in the engine.';
comment on column ratchet_internal.grants.access is
  'Who may call it: reader, client, worker or operator.';
insert into ratchet_internal.grants (function, access) values
  ('status', 'reader'), ('result', 'reader'), ('await_result', 'reader'), ('version', 'reader'),
  ('check_invariants', 'reader'), ('history', 'reader'), ('watch_jobs', 'reader'),
  ('start_workflow', 'client'), ('start_workflows', 'client'), ('signal', 'client'),
  ('cancel', 'client'), ('terminate', 'client'),
  ('register_worker', 'worker'), ('add_routes', 'worker'), ('heartbeat', 'worker'),
  ('unregister_worker', 'worker'), ('exchange', 'worker'), ('evict', 'worker'),
  ('history', 'worker'), ('held_work', 'worker'), ('claim_activity', 'worker'),
  ('complete', 'worker'), ('fail', 'worker'), ('version', 'worker'), ('prune', 'worker'),
  ('remove_routes', 'worker'), ('put_back', 'worker'), ('report_profile', 'worker'),
  ('roll_call', 'reader'), ('throttle', 'operator'), ('post', 'client'),
  ('subscribe', 'reader'), ('unsubscribe', 'reader'), ('take_broadcasts', 'reader'),
  ('prune', 'operator'),
  ('now', 'reader'), ('is_final', 'reader'), ('step_name', 'reader'), ('is_graph', 'reader'),
  ('graph_state', 'reader'), ('graph_status', 'reader'),
  ('publish', 'client'), ('signal_topic', 'client'), ('interrupt', 'client'),
  ('scrub', 'client'), ('respond', 'client'), ('respond', 'worker'), ('run_graphs', 'client'),
  ('deploy', 'operator'), ('activate', 'operator'),
  ('pipe_call', 'client'), ('pipe_eval', 'client'), ('pipe_map', 'client'),
  ('graph_stats', 'reader'), ('graph_ids', 'reader'), ('graph_fields', 'reader'),
  ('graph_export', 'reader'), ('signal_all', 'client');
