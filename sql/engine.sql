-- pgratchet: durable workflows inside Postgres.
--
-- A job is one run of a workflow: a row in ratchet.jobs. What it has done is its history: one row
-- a step in ratchet.jobs_attributes. What it has yet to do is a few rows in
-- ratchet_internal.messages, which workers claim. A worker speaks to the engine through one call,
-- ratchet.exchange: it hands in what it has finished and receives what to do next, in one commit.
-- So whatever dies, and whenever, the rows are at a commit boundary, and going on is the
-- ordinary claim. README.md has the model, the lock order and the words.
--
-- psql -f sql/engine.sql installs everything; so does `pgratchet migrate`.

\set ON_ERROR_STOP on
begin;

-- Where things live, the clock, and how errors are raised.
\ir tables/schemas.sql
\ir inspect/now.sql
\ir inspect/raise_error.sql
\ir inspect/is_name.sql
\ir inspect/check_name.sql
\ir inspect/check_size.sql
\ir inspect/check_isolation.sql
\ir inspect/version.sql

-- Reading what users wrote: total functions, which give an answer whatever stands there.
\ir inspect/readable.sql
\ir inspect/check_readable.sql
\ir inspect/number_of.sql
\ir inspect/is_arguments.sql
\ir inspect/after.sql

-- The ledger: an integer that only grows and says which halves of a step are done.
\ir ledger/ledger_value.sql
\ir ledger/leg1_done.sql
\ir ledger/leg2_done.sql
\ir ledger/passes_counted.sql
\ir ledger/is_final.sql

-- The state: jobs, their history, what is to be done, who does it, signals not yet consumed.
\ir tables/jobs.sql
\ir tables/jobs_attributes.sql
\ir tables/threads.sql
\ir tables/messages.sql
\ir tables/workers.sql
\ir tables/signals.sql
\ir tables/sweep.sql
\ir tables/graph_versions.sql
\ir tables/graph_activities.sql
\ir tables/graph_facts.sql
\ir tables/subscriptions.sql
\ir tables/members.sql
\ir tables/schedules.sql
\ir tables/worker_roles.sql
\ir tables/escalations.sql

-- Worker roles: sessions that may only serve some queues, and only by workers of their own.
\ir roles/limited_role.sql
\ir roles/is_own.sql
\ir roles/check_routes.sql
\ir roles/visible_jobs.sql

-- Threads: which function an address stands for.
\ir thread/is_hook.sql
\ir thread/main_address.sql
\ir thread/thread_of.sql
\ir thread/dimension_of.sql

-- Starting jobs.
\ir job/step_field.sql
\ir job/step_name.sql
\ir dispatch/wake_route.sql
\ir dispatch/wake_queues.sql
\ir data/is_search.sql
\ir data/search_of.sql
\ir data/set_attributes.sql
\ir job/describe_jobs.sql
\ir job/create_jobs.sql
\ir job/run_reserved.sql
\ir job/bad_option.sql
\ir job/check_start.sql
\ir job/start_workflow.sql
\ir job/start_workflows.sql

-- What tells jobs of graphs from those of functions, and how the former are tried again.
\ir graph/is_graph.sql
\ir graph/duration_ms.sql
\ir graph/graph_retry.sql

-- Schedules: cron expressions and intervals in time zones, and what is started by them. Fired by
-- whoever exchanges.
\ir schedule/cron_rule.sql
\ir schedule/cron_set.sql
\ir schedule/cron_weekdays.sql
\ir schedule/read_cron.sql
\ir schedule/is_cron_day.sql
\ir schedule/cron_next.sql
\ir schedule/check_cron.sql
\ir schedule/check_timezone.sql
\ir schedule/occurrences.sql
\ir schedule/occurrence_key.sql
\ir schedule/next_occurrence.sql
\ir schedule/last_occurrence.sql
\ir schedule/due_occurrences.sql
\ir schedule/move_on.sql
\ir schedule/fire_schedule.sql
\ir schedule/fire_schedules.sql
\ir schedule/run_schedules.sql
\ir schedule/interval_ms.sql
\ir schedule/check_schedule.sql
\ir schedule/wake_idle.sql
\ir schedule/schedule_terms.sql
\ir schedule/put_schedule.sql
\ir schedule/create_schedule.sql
\ir schedule/lock_schedule.sql
\ir schedule/from_now.sql
\ir schedule/alter_schedule.sql
\ir schedule/pause_schedule.sql
\ir schedule/resume_schedule.sql
\ir schedule/delete_schedule.sql
\ir schedule/trigger_schedule.sql

-- Answering steps. settle is the one door through which an answer enters the history.
\ir dispatch/work.sql
\ir dispatch/is_held_by.sql
\ir dispatch/lock_worker.sql
\ir dispatch/lock_jobs.sql
\ir dispatch/settle.sql

-- Retries.
\ir retry/retry_delay.sql
\ir retry/is_retried.sql
\ir retry/policy_of.sql

-- Signals: sent by inserting, matched with waits after the commit, in transactions of the engine.
\ir signal/pair_signals.sql
\ir signal/mark_matched.sql
\ir signal/match_signals.sql
\ir signal/deliver_signals.sql
\ir signal/signal.sql
\ir signal/send_signals.sql

-- Tasks for people: what they are given and found by.
\ir escalation/texts.sql
\ir escalation/time_of.sql
\ir escalation/bad_escalation.sql
\ir escalation/check_escalation.sql
\ir escalation/escalation_entry.sql
\ir escalation/escalation_matches.sql
\ir escalation/escalation_filter.sql
\ir escalation/escalation_sort_key.sql
\ir escalation/escalation_order.sql
\ir escalation/claim_end.sql

-- Tasks beside the waits of jobs: published, expired and cancelled in the same commit.
\ir escalation/escalation_space.sql
\ir escalation/create_escalations.sql
\ir escalation/escalate_waits.sql
\ir escalation/expire_escalations.sql
\ir escalation/drop_escalations.sql
\ir escalation/lock_escalations.sql
\ir escalation/resolve_refusal.sql
\ir escalation/close_escalations.sql

-- Tasks as people work on them: reading.
\ir escalation/get_escalation.sql
\ir escalation/escalation_by_key.sql
\ir escalation/list_escalations.sql
\ir escalation/count_escalations.sql
\ir escalation/escalation_stats.sql
\ir escalation/escalation_types.sql
\ir escalation/escalations_of_steps.sql
\ir escalation/cancelled_escalations.sql
\ir escalation/stopped_escalations.sql

-- Creating, claiming, ending and changing them.
\ir escalation/insert_escalation.sql
\ir escalation/create_escalation.sql
\ir escalation/migrate_escalation.sql
\ir escalation/take_escalation.sql
\ir escalation/claim_escalation.sql
\ir escalation/claim_escalation_by_metadata.sql
\ir escalation/claim_escalations.sql
\ir escalation/release_escalation.sql
\ir escalation/resolve_escalation.sql
\ir escalation/resolve_escalation_by_metadata.sql
\ir escalation/resolve_escalations.sql
\ir escalation/resolve_all_escalations.sql
\ir escalation/cancel_escalation.sql
\ir escalation/update_escalation.sql
\ir escalation/append_milestones.sql
\ir escalation/escalate_to_role.sql
\ir escalation/set_escalation_priority.sql
\ir escalation/prune_escalations.sql

-- Ending jobs; children.
\ir job/is_silent.sql
\ir job/answer_parents.sql
\ir job/end_jobs.sql
\ir job/interrupt_jobs.sql
\ir job/stop_jobs.sql
\ir job/retry_turns.sql
\ir job/start_error.sql
\ir job/start_children.sql
\ir job/await_jobs.sql

-- Hooks, threads beside the main function; the next generation of a function that continues as new.
\ir data/add_attributes.sql
\ir thread/open_threads.sql
\ir thread/hook.sql
\ir thread/start_hooks.sql
\ir thread/drop_thread_tasks.sql
\ir thread/end_threads.sql
\ir thread/continue_jobs.sql

-- What a step asks of other jobs and of listeners.
\ir signal/emit_events.sql
\ir signal/emit.sql
\ir dispatch/act_on_steps.sql

-- The data of a job: search attributes, and the entity, a JSON document. Operations on them are
-- steps that the exchange carries out and answers at once.
\ir data/change.sql
\ir data/decimal_of.sql
\ir data/rounded.sql
\ir data/put_value.sql
\ir data/merged.sql
\ir data/change_value.sql
\ir data/change_search.sql
\ir data/change_entity.sql
\ir data/change_document.sql
\ir data/attributes_of.sql
\ir data/operation_field.sql
\ir data/change_data.sql
\ir data/data_answers.sql

-- What a worker hands in.
\ir dispatch/record_steps.sql
\ir dispatch/record_deliveries.sql
\ir dispatch/schedule_steps.sql
\ir dispatch/finish_activities.sql
\ir dispatch/lost_jobs.sql
\ir dispatch/finish_turns.sql

-- What a worker receives.
\ir dispatch/route_results.sql
\ir dispatch/settle_due.sql
\ir graph/go_on_with_graphs.sql
\ir dispatch/fire_due.sql
\ir dispatch/take_results.sql
\ir dispatch/claim_turns.sql
\ir graph/fleet/rest_route.sql
\ir dispatch/claim_activities.sql
\ir dispatch/look.sql
\ir dispatch/next_look.sql
\ir dispatch/claim.sql

-- Taking over the work of workers that are gone; the exchange itself.
\ir dispatch/is_suspect.sql
\ir dispatch/fail_spent.sql
\ir dispatch/release_worker.sql
\ir dispatch/reap_workers.sql
\ir dispatch/is_news.sql
\ir dispatch/open_exchange.sql
\ir dispatch/exchange.sql
\ir dispatch/peek.sql

-- Workers: registration, leases, and what a worker needs besides exchange.
\ir dispatch/add_routes.sql
\ir dispatch/remove_routes.sql
\ir dispatch/register_worker.sql
\ir dispatch/heartbeat.sql
\ir dispatch/unregister_worker.sql
\ir dispatch/evict.sql
\ir dispatch/history.sql
\ir dispatch/held_work.sql

-- The single-item protocol for psql, bash and other languages.
\ir dispatch/claim_activity.sql
\ir dispatch/report_activity.sql
\ir dispatch/complete.sql
\ir dispatch/fail.sql
\ir dispatch/put_back.sql
\ir dispatch/commit_activity.sql

-- Reading and stopping jobs.
\ir job/find_job.sql
\ir job/status.sql
\ir job/result.sql
\ir job/await_result.sql
\ir job/watch_jobs.sql
\ir job/cancel.sql
\ir job/terminate.sql
\ir job/flush.sql

-- Repeating calls of Virtual: schedules with terms of their own.
\ir schedule/is_schedule_over.sql
\ir schedule/start_cron.sql
\ir schedule/stop_cron.sql

-- The mapping language: values as JavaScript has them, its functions family by family, the programs
-- that expressions are compiled to, and what runs them. See graph/pipe/README.md.
\ir graph/pipe/value/pipe_fail.sql
\ir graph/pipe/value/pipe_check_size.sql
\ir graph/pipe/value/pipe_kind.sql
\ir graph/pipe/value/pipe_is_true.sql
\ir graph/pipe/value/pipe_digits_number.sql
\ir graph/pipe/value/pipe_double.sql
\ir graph/pipe/value/pipe_exact.sql
\ir graph/pipe/value/pipe_from_number.sql
\ir graph/pipe/value/pipe_int32.sql
\ir graph/pipe/value/pipe_integer.sql
\ir graph/pipe/value/pipe_is_equal.sql
\ir graph/pipe/value/pipe_is_same.sql
\ir graph/pipe/value/pipe_items.sql
\ir graph/pipe/value/pipe_join.sql
\ir graph/pipe/value/pipe_keys.sql
\ir graph/pipe/value/pipe_list.sql
\ir graph/pipe/value/pipe_member.sql
\ir graph/pipe/value/pipe_number.sql
\ir graph/pipe/value/pipe_number_text.sql
\ir graph/pipe/value/pipe_order.sql
\ir graph/pipe/value/pipe_position.sql
\ir graph/pipe/value/pipe_text.sql
\ir graph/pipe/value/pipe_text_number.sql
\ir graph/pipe/value/pipe_trim.sql

\ir graph/pipe/call/pipe_arithmetic.sql
\ir graph/pipe/call/pipe_assign.sql
\ir graph/pipe/call/pipe_bits.sql
\ir graph/pipe/call/pipe_change_case.sql
\ir graph/pipe/call/pipe_choose.sql
\ir graph/pipe/call/pipe_collate.sql
\ir graph/pipe/call/pipe_compare.sql
\ir graph/pipe/call/pipe_concat.sql
\ir graph/pipe/call/pipe_define.sql
\ir graph/pipe/call/pipe_digits.sql
\ir graph/pipe/call/pipe_fround.sql
\ir graph/pipe/call/pipe_has.sql
\ir graph/pipe/call/pipe_hypot.sql
\ir graph/pipe/call/pipe_is_even.sql
\ir graph/pipe/call/pipe_json.sql
\ir graph/pipe/call/pipe_list_change.sql
\ir graph/pipe/call/pipe_list_find.sql
\ir graph/pipe/call/pipe_list_read.sql
\ir graph/pipe/call/pipe_logarithm.sql
\ir graph/pipe/call/pipe_math.sql
\ir graph/pipe/call/pipe_math_many.sql
\ir graph/pipe/call/pipe_number_call.sql
\ir graph/pipe/call/pipe_object_change.sql
\ir graph/pipe/call/pipe_object_read.sql
\ir graph/pipe/call/pipe_object_trait.sql
\ir graph/pipe/call/pipe_parse_float.sql
\ir graph/pipe/call/pipe_parse_int.sql
\ir graph/pipe/call/pipe_parse_json.sql
\ir graph/pipe/call/pipe_pattern.sql
\ir graph/pipe/call/pipe_power.sql
\ir graph/pipe/call/pipe_product.sql
\ir graph/pipe/call/pipe_put.sql
\ir graph/pipe/call/pipe_quotient.sql
\ir graph/pipe/call/pipe_replace.sql
\ir graph/pipe/call/pipe_round.sql
\ir graph/pipe/call/pipe_scientific.sql
\ir graph/pipe/call/pipe_search.sql
\ir graph/pipe/call/pipe_sort.sql
\ir graph/pipe/call/pipe_sum.sql
\ir graph/pipe/call/pipe_symbol.sql
\ir graph/pipe/call/pipe_text_change.sql
\ir graph/pipe/call/pipe_text_cut.sql
\ir graph/pipe/call/pipe_text_find.sql
\ir graph/pipe/call/pipe_write_json.sql

\ir graph/pipe/date/pipe_date.sql
\ir graph/pipe/date/pipe_date_get.sql
\ir graph/pipe/date/pipe_date_make.sql
\ir graph/pipe/date/pipe_date_parts.sql
\ir graph/pipe/date/pipe_date_set.sql
\ir graph/pipe/date/pipe_date_text.sql
\ir graph/pipe/date/pipe_date_write.sql
\ir graph/pipe/date/pipe_day_number.sql
\ir graph/pipe/date/pipe_from_date.sql
\ir graph/pipe/date/pipe_loose_time.sql
\ir graph/pipe/date/pipe_parse_date.sql
\ir graph/pipe/date/pipe_parse_iso.sql
\ir graph/pipe/date/pipe_time.sql

\ir graph/pipe/cron/pipe_cron.sql
\ir graph/pipe/cron/pipe_cron_field.sql
\ir graph/pipe/cron/pipe_cron_is_day.sql
\ir graph/pipe/cron/pipe_cron_next.sql

\ir graph/pipe/run/pipe_step.sql
\ir graph/pipe/run/pipe_members.sql
\ir graph/pipe/run/pipe_store.sql
\ir graph/pipe/run/pipe_load.sql
\ir graph/pipe/run/pipe_check_held.sql
\ir graph/pipe/pipe_family.sql
\ir graph/pipe/pipe_apply.sql

\ir graph/pipe/compile/pipe_program.sql
\ir graph/pipe/compile/pipe_start.sql
\ir graph/pipe/compile/pipe_emit_constant.sql
\ir graph/pipe/compile/pipe_emit_call.sql
\ir graph/pipe/compile/pipe_emit_failure.sql
\ir graph/pipe/compile/map_compile.sql
\ir graph/pipe/compile/pipe_braced.sql
\ir graph/pipe/compile/pipe_emit_cell.sql
\ir graph/pipe/compile/pipe_emit_map.sql
\ir graph/pipe/compile/pipe_emit_reduce.sql
\ir graph/pipe/compile/pipe_emit_reference.sql
\ir graph/pipe/compile/pipe_emit_row.sql
\ir graph/pipe/compile/pipe_emit_rows.sql
\ir graph/pipe/compile/pipe_emit_value.sql
\ir graph/pipe/compile/pipe_finish.sql
\ir graph/pipe/compile/value_compile.sql
\ir graph/pipe/compile/pipe_row_references.sql
\ir graph/pipe/compile/pipe_references.sql
\ir graph/pipe/compile/pipe_row_problems.sql
\ir graph/pipe/compile/pipe_problems.sql

\ir graph/pipe/run/map_run.sql
\ir graph/pipe/run/pipe_value.sql
\ir graph/pipe/rule/rule_compile.sql
\ir graph/pipe/rule/rule_holds.sql
\ir graph/pipe/pipe_call.sql
\ir graph/pipe/pipe_eval.sql
\ir graph/pipe/pipe_map.sql

-- Graphs: broadcasts, to those who listen at the moment.
\ir graph/broadcast/expect_reply.sql
\ir graph/broadcast/take_reply.sql
\ir graph/broadcast/broadcast.sql
\ir graph/broadcast/post.sql
\ir graph/broadcast/subscribe.sql
\ir graph/broadcast/unsubscribe.sql
\ir graph/broadcast/take_broadcasts.sql

-- Graphs: the instances that serve an app, and how fast they may be.
\ir graph/fleet/throttle.sql
\ir graph/fleet/report_profile.sql
\ir graph/fleet/roll_call.sql

-- Graphs: what is wrong with a document, said all at once when it is deployed.
\ir graph/check/members.sql
\ir graph/check/items.sql
\ir graph/check/kind_of.sql
\ir graph/check/edit_distance.sql
\ir graph/check/nearest_word.sql
\ir graph/check/graph_normal.sql
\ir graph/check/given_path.sql
\ir graph/check/graph_grammar.sql
\ir graph/check/document_options.sql
\ir graph/check/document_activities.sql
\ir graph/check/document_transitions.sql
\ir graph/check/document_lineage.sql
\ir graph/check/document_expressions.sql
\ir graph/check/problems_of_app.sql
\ir graph/check/problems_of_names.sql
\ir graph/check/problems_of_shape.sql
\ir graph/check/problems_of_graphs.sql
\ir graph/check/problems_of_activities.sql
\ir graph/check/problems_of_signals.sql
\ir graph/check/problems_of_values.sql
\ir graph/check/problems_of_transitions.sql
\ir graph/check/problems_of_hooks.sql
\ir graph/check/problems_of_expressions.sql
\ir graph/check/graph_problems.sql

-- Graphs: what is passed around within a stretch.
\ir graph/graph_item.sql
\ir graph/graph_outcome.sql
\ir graph/graph_draft.sql
\ir graph/graph_run.sql

-- Graphs: deploying a version compiles it into rows.
\ir graph/app_space.sql
\ir graph/activity_bodies.sql
\ir graph/options_of.sql
\ir graph/split_options.sql
\ir graph/job_maps_of.sql
\ir graph/plain_path.sql
\ir graph/compile_maps.sql
\ir graph/compile_rule.sql
\ir graph/run_maps.sql
\ir graph/compile_names.sql
\ir graph/compile_tree.sql
\ir graph/compile_options.sql
\ir graph/compile_transitions.sql
\ir graph/compile_hooks.sql
\ir graph/compile_reads.sql
\ir graph/store_version.sql
\ir graph/deploy.sql
\ir graph/activate.sql

-- Graphs: what expressions see, and what addresses and keys say.
\ir graph/cut_address.sql
\ir graph/hook_key.sql
\ir graph/graph_time.sql
\ir graph/job_metadata.sql
\ir graph/activity_entry.sql
\ir graph/graph_view.sql
\ir graph/row_output.sql
\ir graph/row_hook.sql
\ir graph/response_error.sql
\ir graph/row_entry.sql
\ir graph/narrow_scope.sql

-- Graphs: working out one activity. Nothing here writes.
\ir graph/check_expression.sql
\ir graph/expression_error.sql
\ir graph/graph_attribute.sql
\ir graph/graph_message.sql
\ir graph/close_outcome.sql
\ir graph/telemetry_values.sql
\ir graph/signal_key.sql
\ir graph/signal_code.sql
\ir graph/signal_expire.sql
\ir graph/interrupt_error.sql
\ir graph/enter_worker.sql
\ir graph/enter_await.sql
\ir graph/enter_hook.sql
\ir graph/enter_signal.sql
\ir graph/enter_cycle.sql
\ir graph/enter_interrupt.sql
\ir graph/enter_activity.sql
\ir graph/bind_answer.sql
\ir graph/taken_transitions.sql
\ir graph/fill_slots.sql
\ir graph/user_fields.sql
\ir graph/merge_job_data.sql
\ir graph/map_job_data.sql
\ir graph/announcement.sql
\ir graph/fail_outcome.sql
\ir graph/leave_activity.sql
\ir graph/step_activity.sql

-- Graphs: a stretch gathers what its activities come to, and writes it.
\ir graph/next_pass.sql
\ir graph/add_pass.sql
\ir graph/reopen_activity.sql
\ir graph/add_effect.sql
\ir graph/add_outcome.sql
\ir graph/announce_graph.sql
\ir graph/announce_ended.sql
\ir graph/answer_awaiting.sql
\ir graph/write_user_fields.sql
\ir graph/write_effects.sql
\ir graph/end_graphs.sql
\ir graph/write_drafts.sql
\ir graph/expire_of.sql
\ir graph/graph_expire.sql
\ir graph/conclude_stretch.sql
\ir graph/misfit.sql
\ir graph/postpone.sql
\ir graph/is_blocked.sql
\ir graph/stop_graph.sql
\ir graph/interrupt_other.sql
\ir graph/run_stretch.sql

-- Graphs: starting jobs, going on with them.
\ir graph/find_graph.sql
\ir graph/trigger_of.sql
\ir graph/active_version.sql
\ir graph/find_version.sql
\ir graph/new_graph_job.sql
\ir graph/trigger_facts.sql
\ir graph/record_facts.sql
\ir graph/inception.sql
\ir graph/create_graph_job.sql
\ir graph/start_graph.sql
\ir graph/child_draft.sql
\ir graph/settle_await.sql
\ir graph/start_child.sql
\ir graph/load_graphs.sql
\ir graph/continue_graphs.sql
\ir graph/look_at_child.sql
\ir graph/advance_next.sql
\ir graph/advance_together.sql
\ir graph/advance_alone.sql
\ir graph/fail_graph.sql
\ir graph/try_graphs.sql
\ir graph/put_off.sql
\ir graph/advance_apart.sql
\ir graph/advance_graphs.sql

-- Graphs: what people and programs call.
\ir graph/check_publish.sql
\ir graph/publish_fields.sql
\ir graph/reserve_job.sql
\ir graph/job_state.sql
\ir graph/publish.sql
\ir graph/signal_topic.sql
\ir graph/check_response.sql
\ir graph/open_activity.sql
\ir graph/respond.sql
\ir graph/check_interrupt.sql
\ir graph/interrupt.sql
\ir graph/scrub.sql
\ir graph/graph_state.sql
\ir graph/graph_status.sql
\ir graph/run_graphs.sql

-- Graphs: what jobs said of themselves, counted when it is asked for; one job, exported.
\ir graph/stats/stats_time.sql
\ir graph/stats/stats_buckets.sql
\ir graph/stats/stats_scope.sql
\ir graph/stats/indexed_jobs.sql
\ir graph/stats/hooked_topic.sql
\ir graph/stats/unlist_jobs.sql
\ir graph/stats/signals_to_all.sql
\ir graph/stats/graph_stats.sql
\ir graph/stats/graph_ids.sql
\ir graph/stats/signal_all.sql
\ir graph/stats/graph_fields.sql
\ir graph/stats/exported_steps.sql
\ir graph/stats/exported_process.sql
\ir graph/stats/graph_export.sql

-- Looking at everything; the rules that always hold.
\ir graph/show/expression_text.sql
\ir graph/show/condition_text.sql
\ir views/ledger.sql
\ir views/open_steps.sql
\ir views/steps.sql
\ir views/symbol.sql
\ir views/dimension.sql
\ir views/type.sql
\ir views/expired_at.sql
\ir views/is_live.sql
\ir views/workers.sql
\ir views/worker_roles.sql
\ir views/schedule_status.sql
\ir views/graph_versions.sql
\ir views/graph_activities.sql
\ir views/graph_transitions.sql
\ir inspect/export_history.sql
\ir inspect/broken_jobs.sql
\ir inspect/broken_steps.sql
\ir inspect/broken_messages.sql
\ir inspect/broken_signals.sql
\ir inspect/broken_graphs.sql
\ir inspect/broken_escalations.sql
\ir inspect/check_invariants.sql

-- Graphs: a version, and how far a job is in it, as a chart and as text.
\ir graph/show/mermaid_text.sql
\ir graph/show/mermaid_node.sql
\ir graph/show/graph_chart.sql
\ir graph/show/job_version.sql
\ir graph/show/graph_runs.sql
\ir graph/show/elapsed.sql
\ir graph/show/run_text.sql
\ir graph/show/job_text.sql
\ir graph/show/graph_mermaid.sql
\ir graph/show/graph_job_mermaid.sql
\ir graph/show/graph_explain.sql

-- Reading the data of jobs; exports of what has happened.
\ir data/nested.sql
\ir data/attributes.sql
\ir data/query_state.sql
\ir data/condition.sql
\ir data/find_entities.sql
\ir data/entity_index.sql
\ir export/iso_time.sql
\ir export/step_events.sql
\ir export/edge_events.sql
\ir export/event_attributes.sql
\ir export/execution_events.sql
\ir export/summary.sql
\ir export/stream_history.sql
\ir export/child_executions.sql
\ir export/execution.sql
\ir export/export_execution.sql

-- Retention, and who may do what. Roles for workers are made by the engine, others by you.
\ir upkeep/check_prune.sql
\ir upkeep/remove_jobs.sql
\ir upkeep/prune.sql
\ir upkeep/strip_jobs.sql
\ir upkeep/prune_jobs.sql
\ir upkeep/prune_signals.sql
\ir roles/grants.sql
\ir roles/grant_functions.sql
\ir roles/grant_access.sql
\ir roles/check_password.sql
\ir roles/worker_role_name.sql
\ir roles/provision_worker_role.sql
\ir roles/find_worker_role.sql
\ir roles/rotate_worker_password.sql
\ir roles/revoke_worker_role.sql
\ir roles/revoke_public.sql

-- What has been installed, as the migration runner records it.
\ir upkeep/migrations.sql
\ir upkeep/installed.sql

commit;
