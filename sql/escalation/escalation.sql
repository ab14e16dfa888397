-- Tasks for people: what they are given and found by.
\ir texts.sql
\ir time_of.sql
\ir bad_escalation.sql
\ir check_escalation.sql
\ir escalation_entry.sql
\ir escalation_matches.sql
\ir escalation_filter.sql
\ir escalation_sort_key.sql
\ir escalation_order.sql
\ir wanted_metadata.sql
\ir claim_end.sql

-- Tasks beside the waits of jobs: published, expired and cancelled in the same commit.
\ir escalation_space.sql
\ir tell_tasks.sql
\ir create_escalations.sql
\ir escalate_waits.sql
\ir expire_escalations.sql
\ir cancel_pending.sql
\ir drop_escalations.sql
\ir lock_escalations.sql
\ir resolve_refusal.sql
\ir close_escalations.sql

-- Tasks as people work on them: reading.
\ir get_escalation.sql
\ir escalation_by_key.sql
\ir list_escalations.sql
\ir count_escalations.sql
\ir escalation_stats.sql
\ir escalation_types.sql
\ir escalations_of_steps.sql
\ir cancelled_escalations.sql
\ir stopped_escalations.sql

-- Creating, claiming, ending and changing them.
\ir insert_escalation.sql
\ir create_escalation.sql
\ir migrate_escalation.sql
\ir take_escalation.sql
\ir claim_escalation.sql
\ir claim_escalation_by_metadata.sql
\ir claim_escalations.sql
\ir release_escalation.sql
\ir resolve_escalation.sql
\ir resolve_escalation_by_metadata.sql
\ir resolve_escalations.sql
\ir resolve_all_escalations.sql
\ir cancel_escalation.sql
\ir update_escalation.sql
\ir append_milestones.sql
\ir escalate_to_role.sql
\ir set_escalation_priority.sql
\ir prune_escalations.sql
