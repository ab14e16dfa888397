-- Graphs: what jobs said of themselves, counted when it is asked for; one job, exported.
\ir stats_time.sql
\ir stats_buckets.sql
\ir stats_scope.sql
\ir fact_topics.sql
\ir indexed_jobs.sql
\ir hooked_topic.sql
\ir unlist_jobs.sql
\ir signals_to_all.sql
\ir graph_stats.sql
\ir graph_ids.sql
\ir signal_all.sql
\ir graph_fields.sql
\ir exported_steps.sql
\ir exported_process.sql
\ir graph_export.sql
