-- pgratchet: durable workflows inside Postgres.
--
-- A job is one run of a workflow: a row in ratchet.jobs. What it has done is its history: one row
-- a step in ratchet.jobs_attributes. What it has yet to do is a few rows in
-- ratchet_internal.messages, which workers claim. A worker speaks to the engine through one call,
-- ratchet.exchange: it hands in what it has finished and receives what to do next, in one commit.
-- So whatever dies, and whenever, the rows are at a commit boundary, and going on is the
-- ordinary claim. README.md has the model, the lock order and the words.
--
-- psql -f sql/engine.sql installs everything; so does `pgratchet migrate`. Where a folder has many
-- files that come one after the other, it has a table of contents of its own.

\set ON_ERROR_STOP on
begin;

-- Where things live, the clock, and how errors are raised.
\ir tables/schemas.sql
\ir inspect/now.sql
\ir inspect/write_time.sql
\ir inspect/raise_error.sql
\ir inspect/is_name.sql
\ir inspect/check_name.sql
\ir inspect/check_size.sql
\ir inspect/is_read_committed.sql
\ir inspect/check_isolation.sql
\ir inspect/version.sql

-- Reading what users wrote: total functions, which give an answer whatever stands there.
\ir inspect/readable.sql
\ir inspect/is_readable.sql
\ir inspect/check_readable.sql
\ir inspect/number_of.sql
\ir inspect/is_arguments.sql
\ir inspect/after.sql

-- The ledger: an integer that only grows and says which halves of a step are done.
\ir ledger/ledger_value.sql
\ir ledger/step_kind.sql
\ir ledger/leg1_done.sql
\ir ledger/leg2_done.sql
\ir ledger/passes_counted.sql
\ir ledger/is_final.sql

-- Routes: what a worker serves, and what a message is for.
\ir dispatch/route_hash.sql
\ir dispatch/is_for.sql

\ir tables/tables.sql

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
\ir job/start_terms.sql
\ir job/expire_seconds.sql
\ir job/asks_to_watch.sql
\ir job/read_terms.sql
\ir job/job_rows.sql
\ir job/create_job.sql
\ir job/create_jobs.sql
\ir job/run_reserved.sql
\ir job/make_room.sql
\ir job/is_marker.sql
\ir job/bad_option.sql
\ir job/check_start.sql
\ir job/is_job.sql
\ir job/is_plain_start.sql
\ir job/start_workflow.sql
\ir job/start_eagerly.sql
\ir job/check_jobs.sql
\ir job/start_workflows.sql
\ir job/start_together.sql

-- What tells jobs of graphs from those of functions, and how the former are tried again.
\ir graph/is_graph.sql
\ir graph/duration_ms.sql
\ir graph/graph_retry.sql

\ir schedule/schedule.sql

-- Answering steps. settle is the one door through which an answer enters the history.
\ir dispatch/work.sql
\ir dispatch/route_head.sql
\ir dispatch/readiness.sql
\ir dispatch/is_held_by.sql
\ir dispatch/holds_all.sql
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

\ir escalation/escalation.sql

-- Ending jobs; children.
\ir job/answer_parents.sql
\ir job/end_jobs.sql
\ir job/interrupt_jobs.sql
\ir job/stop_jobs.sql
\ir job/retry_turns.sql
\ir job/start_error.sql
\ir job/begin_children.sql
\ir job/start_children.sql
\ir job/await_jobs.sql

-- Hooks, threads beside the main function; the next generation of a function that continues as new.
\ir data/add_attributes.sql
\ir thread/hook_options.sql
\ir thread/open_threads.sql
\ir thread/hook.sql
\ir thread/start_hooks.sql
\ir thread/drop_threads.sql
\ir thread/end_threads.sql
\ir thread/continue_jobs.sql

-- What a step asks of other jobs and of listeners.
\ir dispatch/asked_steps.sql
\ir signal/emit_events.sql
\ir signal/emit.sql
\ir dispatch/act_on_steps.sql

\ir data/data.sql

\ir dispatch/dispatch.sql

-- Reading and stopping jobs.
\ir job/find_job.sql
\ir job/status.sql
\ir job/result.sql
\ir job/await_result.sql
\ir job/watch_jobs.sql
\ir job/cancel_reserved.sql
\ir job/cancel.sql
\ir job/terminate.sql
\ir job/flush.sql

-- Repeating calls of Virtual: schedules with terms of their own.
\ir schedule/is_schedule_over.sql
\ir schedule/start_cron.sql
\ir schedule/stop_cron.sql

\ir graph/pipe/pipe.sql
\ir graph/graph.sql

-- Looking at everything; the rules that always hold.
\ir graph/show/expression_text.sql
\ir graph/show/condition_text.sql
\ir views/views.sql
\ir inspect/export_history.sql
\ir inspect/invariants.sql

\ir graph/show/show.sql

-- Reading the data of jobs; exports of what has happened.
\ir data/nested.sql
\ir data/attributes.sql
\ir data/query_state.sql
\ir data/condition.sql
\ir data/find_entities.sql
\ir data/entity_index.sql
\ir export/export.sql

-- Retention, and who may do what. Roles for workers are made by the engine, others by you.
\ir upkeep/upkeep.sql
\ir roles/roles.sql

-- What has been installed, as the migration runner records it.
\ir upkeep/migrations.sql
\ir upkeep/installed.sql

commit;
