-- The state: jobs, their history, what is to be done, who does it, signals not yet consumed.
\ir jobs.sql
\ir jobs_attributes.sql
\ir threads.sql
\ir messages.sql
\ir workers.sql
\ir signals.sql
\ir sweep.sql
\ir graph_versions.sql
\ir graph_activities.sql
\ir graphs.sql
\ir graph_facts.sql
\ir subscriptions.sql
\ir members.sql
\ir schedules.sql
\ir worker_roles.sql
\ir escalations.sql
