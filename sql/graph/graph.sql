-- Graphs: broadcasts, to those who listen at the moment.
\ir broadcast/expect_reply.sql
\ir broadcast/take_reply.sql
\ir broadcast/broadcast.sql
\ir broadcast/post.sql
\ir broadcast/subscribe.sql
\ir broadcast/unsubscribe.sql
\ir broadcast/take_broadcasts.sql

-- Graphs: the instances that serve an app, and how fast they may be.
\ir fleet/throttle.sql
\ir fleet/report_profile.sql
\ir fleet/roll_call.sql

\ir check/check.sql

-- Graphs: what is passed around within a stretch.
\ir graph_item.sql
\ir graph_outcome.sql
\ir graph_draft.sql
\ir graph_loads.sql
\ir graph_run.sql
\ir graph_start.sql
\ir graph_known.sql
\ir graph_beginning.sql

-- Graphs: deploying a version compiles it into rows.
\ir app_space.sql
\ir activity_bodies.sql
\ir options_of.sql
\ir split_options.sql
\ir job_maps_of.sql
\ir plain_path.sql
\ir compile_maps.sql
\ir compile_rule.sql
\ir run_maps.sql
\ir compile_names.sql
\ir compile_expire.sql
\ir compile_tree.sql
\ir compile_options.sql
\ir compile_transitions.sql
\ir compile_hooks.sql
\ir compile_uses.sql
\ir compile_reads.sql
\ir path_by_name.sql
\ir compile_plain.sql
\ir compile_shells.sql
\ir compile_starts.sql
\ir store_version.sql
\ir deploy.sql
\ir activate.sql

-- Graphs: what expressions see, and what addresses and keys say.
\ir cut_address.sql
\ir hook_key.sql
\ir graph_time.sql
\ir job_metadata.sql
\ir activity_entry.sql
\ir graph_view.sql
\ir row_output.sql
\ir row_hook.sql
\ir response_error.sql
\ir row_entry.sql
\ir narrow_scope.sql

-- Graphs: working out one activity. Nothing here writes.
\ir check_expression.sql
\ir expression_error.sql
\ir graph_attribute.sql
\ir graph_message.sql
\ir worker_options.sql
\ir close_outcome.sql
\ir telemetry_values.sql
\ir telemetry_of.sql
\ir signal_key.sql
\ir signal_code.sql
\ir signal_expire.sql
\ir interrupt_error.sql
\ir enter_worker.sql
\ir enter_await.sql
\ir enter_hook.sql
\ir enter_signal.sql
\ir enter_cycle.sql
\ir enter_interrupt.sql
\ir enter_activity.sql
\ir bind_answer.sql
\ir taken_transitions.sql
\ir fill_slots.sql
\ir user_fields.sql
\ir merge_job_data.sql
\ir map_job_data.sql
\ir announcement.sql
\ir fail_outcome.sql
\ir leave_activity.sql
\ir step_activity.sql

-- Graphs: a stretch gathers what its activities come to, and writes it.
\ir next_pass.sql
\ir add_pass.sql
\ir reopen_activity.sql
\ir add_effect.sql
\ir add_outcome.sql
\ir announce_graph.sql
\ir announce_ended.sql
\ir answer_awaiting.sql
\ir write_user_fields.sql
\ir write_tasks.sql
\ir write_effects.sql
\ir announce_drafts.sql
\ir end_graphs.sql
\ir write_drafts.sql
\ir is_history.sql
\ir expire_of.sql
\ir graph_expire.sql
\ir conclude_stretch.sql
\ir misfit.sql
\ir has_moved.sql
\ir postpone.sql
\ir is_blocked.sql
\ir stop_graph.sql
\ir lock_messages.sql
\ir interrupt_other.sql
\ir run_worker.sql
\ir plain_entry.sql
\ir plain_view.sql
\ir plain_maps.sql
\ir run_plain.sql
\ir spans/wanted_spans.sql
\ir spans/span_of.sql
\ir spans/tell_spans.sql
\ir run_any.sql
\ir known_activities.sql
\ir run_stretch.sql

-- Graphs: starting jobs, going on with them.
\ir find_graph.sql
\ir active_version.sql
\ir find_version.sql
\ir find_beginning.sql
\ir new_graph_job.sql
\ir trigger_options.sql
\ir trigger_facts.sql
\ir record_facts.sql
\ir told_lineage.sql
\ir inception.sql
\ir create_graph_job.sql
\ir start_graph.sql
\ir child_draft.sql
\ir settle_await.sql
\ir start_child.sql
\ir load_graphs.sql
\ir may_go_on.sql
\ir continue_graphs.sql
\ir look_at_child.sql
\ir advance_next.sql
\ir advance_together.sql
\ir advance_alone.sql
\ir fail_graph.sql
\ir try_graphs.sql
\ir put_off.sql
\ir advance_apart.sql
\ir advance_graphs.sql

-- Graphs: what people and programs call.
\ir check_publish.sql
\ir publish_fields.sql
\ir reserve_job.sql
\ir job_state.sql
\ir publish.sql
\ir signal_topic.sql
\ir check_response.sql
\ir open_activity.sql
\ir respond.sql
\ir check_interrupt.sql
\ir interrupt.sql
\ir scrub.sql
\ir graph_state.sql
\ir graph_status.sql
\ir run_graphs.sql
\ir spans/with_spans.sql
\ir spans/told_spans.sql

\ir stats/stats.sql
