-- Which function belongs to which access. Data, so that the grants can be read and tested; nothing
-- is granted to PUBLIC. Of the internal functions readers get those that the views call.

create table ratchet_internal.grants (
  function name not null,
  access text not null,
  primary key (function, access),
  constraint "access is one the engine knows"
    check (access in ('reader', 'client', 'worker', 'secured', 'operator'))
);
comment on table ratchet_internal.grants is 'Which function may be called with which access.';
comment on column ratchet_internal.grants.function is
  'Name of the function; names are unique in the engine.';
comment on column ratchet_internal.grants.access is
  'Who may call it: reader, client, worker, secured (a provisioned worker role) or operator.';
insert into ratchet_internal.grants (function, access) values
  ('status', 'reader'), ('result', 'reader'), ('await_result', 'reader'), ('version', 'reader'),
  ('check_invariants', 'reader'), ('history', 'reader'), ('watch_jobs', 'reader'),
  ('attributes', 'reader'), ('query_state', 'reader'), ('find_entities', 'reader'),
  ('export_execution', 'reader'), ('symbol', 'reader'),
  ('dimension', 'reader'), ('type', 'reader'), ('is_live', 'reader'), ('expired_at', 'reader'),
  ('entity_index', 'operator'),
  ('start_workflow', 'client'), ('start_workflows', 'client'),
  ('start_together', 'client'), ('start_eagerly', 'client'), ('signal', 'client'),
  ('cancel', 'client'), ('terminate', 'client'), ('hook', 'client'),
  ('emit', 'client'), ('emit', 'worker'), ('emit', 'secured'),
  ('register_worker', 'worker'), ('add_routes', 'worker'), ('heartbeat', 'worker'),
  ('unregister_worker', 'worker'), ('exchange', 'worker'), ('peek', 'worker'), ('evict', 'worker'),
  ('history', 'worker'), ('held_work', 'worker'), ('claim_activity', 'worker'),
  ('complete', 'worker'), ('fail', 'worker'), ('version', 'worker'), ('prune', 'worker'),
  ('remove_routes', 'worker'), ('put_back', 'worker'), ('set_aside', 'worker'),
  ('report_profile', 'worker'),
  ('roll_call', 'reader'), ('throttle', 'operator'), ('post', 'client'),
  ('subscribe', 'reader'), ('unsubscribe', 'reader'), ('take_broadcasts', 'reader'),
  ('is_graph', 'reader'),
  ('graph_state', 'reader'), ('graph_status', 'reader'),
  ('with_spans', 'client'), ('with_spans', 'worker'), ('with_spans', 'secured'),
  ('told_spans', 'client'), ('told_spans', 'worker'), ('told_spans', 'secured'),
  ('publish', 'client'), ('signal_topic', 'client'), ('interrupt', 'client'),
  ('scrub', 'client'), ('respond', 'client'), ('respond', 'worker'), ('run_graphs', 'client'),
  ('deploy', 'operator'), ('activate', 'operator'),
  ('graph_stats', 'reader'), ('graph_ids', 'reader'), ('graph_fields', 'reader'),
  ('graph_export', 'reader'), ('signal_all', 'client'),
  ('graph_mermaid', 'reader'), ('graph_job_mermaid', 'reader'), ('graph_explain', 'reader'),
  ('expression_text', 'reader'), ('condition_text', 'reader'),
  ('prune', 'operator'), ('prune_jobs', 'operator'), ('prune_signals', 'operator'),
  ('register_worker', 'secured'), ('add_routes', 'secured'), ('heartbeat', 'secured'),
  ('unregister_worker', 'secured'), ('exchange', 'secured'), ('peek', 'secured'),
  ('evict', 'secured'), ('put_back', 'secured'), ('set_aside', 'secured'),
  ('remove_routes', 'secured'),
  ('history', 'secured'), ('held_work', 'secured'), ('claim_activity', 'secured'),
  ('complete', 'secured'), ('fail', 'secured'), ('version', 'secured'),
  ('commit_activity', 'worker'), ('prune_escalations', 'operator'),
  ('get_escalation', 'reader'), ('escalation_by_key', 'reader'), ('list_escalations', 'reader'),
  ('count_escalations', 'reader'), ('escalation_stats', 'reader'), ('escalation_types', 'reader'),
  ('cancelled_escalations', 'reader'), ('escalations_of_steps', 'worker'),
  ('stopped_escalations', 'worker'),
  ('create_escalation', 'client'), ('migrate_escalation', 'client'),
  ('claim_escalation', 'client'), ('claim_escalation_by_metadata', 'client'),
  ('claim_escalations', 'client'), ('release_escalation', 'client'),
  ('resolve_escalation', 'client'), ('resolve_escalation_by_metadata', 'client'),
  ('resolve_escalations', 'client'), ('resolve_all_escalations', 'client'),
  ('cancel_escalation', 'client'), ('update_escalation', 'client'),
  ('append_milestones', 'client'), ('escalate_to_role', 'client'),
  ('set_escalation_priority', 'client'), ('prune_escalations', 'client'),
  ('export_history', 'reader'), ('occurrences', 'reader'), ('create_schedule', 'client'),
  ('alter_schedule', 'client'),
  ('pause_schedule', 'client'), ('resume_schedule', 'client'), ('delete_schedule', 'client'),
  ('trigger_schedule', 'client'), ('flush', 'client'), ('start_cron', 'client'),
  ('stop_cron', 'client'), ('run_schedules', 'worker'), ('run_schedules', 'operator'),
  ('pipe_call', 'client'), ('pipe_eval', 'client'), ('pipe_map', 'client'),
  ('now', 'reader'), ('is_final', 'reader'), ('step_name', 'reader'), ('dimension_of', 'reader'),
  ('is_hook', 'reader');
