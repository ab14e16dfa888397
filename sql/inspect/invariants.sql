\ir broken_jobs.sql
\ir broken_steps.sql
\ir broken_messages.sql
\ir broken_signals.sql
\ir broken_graphs.sql
\ir broken_escalations.sql
\ir check_invariants.sql
