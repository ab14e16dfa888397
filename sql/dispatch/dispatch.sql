-- What a worker hands in.
\ir cancel_steps.sql
\ir record_steps.sql
\ir record_deliveries.sql
\ir schedule_steps.sql
\ir finish_activities.sql
\ir lost_jobs.sql
\ir finish_turns.sql

-- What a worker receives.
\ir hasten_turn.sql
\ir route_results.sql
\ir settle_due.sql
\ir ../graph/go_on_with_graphs.sql
\ir fire_due.sql
\ir take_results.sql
\ir turn_work.sql
\ir ../graph/fleet/rest_route.sql
\ir claim_activities.sql
\ir route_key.sql
\ir look_begins.sql
\ir look_from.sql
\ir remember_look.sql
\ir look.sql
\ir next_news.sql
\ir next_look.sql
\ir after_claim.sql
\ir claim.sql

-- Taking over the work of workers that are gone; the exchange itself.
\ir is_suspect.sql
\ir fail_spent.sql
\ir release_worker.sql
\ir reap_workers.sql

-- What an exchange does for others, one by one, after one was refused.
\ir ../apart/try_apart.sql
\ir ../apart/lock_apart.sql
\ir ../apart/end_apart.sql
\ir ../apart/due_apart.sql
\ir ../apart/waits_apart.sql
\ir ../apart/workers_apart.sql
\ir ../apart/set_aside.sql

\ir open_exchange.sql
\ir exchange.sql
\ir peek.sql

-- Workers: registration, leases, and what a worker needs besides exchange.
\ir add_routes.sql
\ir remove_routes.sql
\ir register_worker.sql
\ir heartbeat.sql
\ir unregister_worker.sql
\ir evict.sql
\ir history.sql
\ir held_work.sql

-- The single-item protocol for psql, bash and other languages.
\ir claim_activity.sql
\ir report_activity.sql
\ir complete.sql
\ir fail.sql
\ir put_back.sql
\ir commit_activity.sql
