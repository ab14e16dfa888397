\ir check_prune.sql
\ir remove_jobs.sql
\ir drop_signals.sql
\ir prune.sql
\ir has_hook_steps.sql
\ir strip_jobs.sql
\ir prune_jobs.sql
\ir prune_signals.sql
