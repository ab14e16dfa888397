-- What has happened in a job, as export and exportExecution give it.
\ir iso_time.sql
\ir step_events.sql
\ir closed_at.sql
\ir edge_events.sql
\ir event_attributes.sql
\ir execution_events.sql
\ir summary.sql
\ir stream_history.sql
\ir child_executions.sql
\ir execution.sql
\ir export_execution.sql
