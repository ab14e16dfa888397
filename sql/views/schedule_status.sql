-- Every schedule with its rule in words, what it does next and what it did last.

create view ratchet.schedule_status with (security_invoker = true) as
select s.key, s.namespace, s.workflow, s.queue,
  coalesce('cron ' || s.cron, 'every ' || make_interval(secs => s.every_ms / 1000.0)) as rule,
  s.timezone,
  case when s.is_paused then 'paused'
    when s.next_at = 'infinity' then 'ended' || coalesce(': ' || s.problem, '')
    when s.problem is not null then 'is tried again: ' || s.problem
    when s.look_at > s.next_at then 'waits for the end of ' || s.last_key
    else 'active' end as state,
  case when s.next_at < 'infinity' and not s.is_paused then s.next_at end as next_at,
  s.last_at, s.last_key as last_job,
  case when j.status > 0 then 'running' when j.status < 0 then 'stopped'
    when j.error is not null then 'failed' when j.status = 0 then 'done' end as last_state,
  s.run_count
from ratchet.schedules s
left join ratchet.jobs j on j.key = s.last_key and j.namespace = s.namespace;
comment on view ratchet.schedule_status is
  'Every schedule with its rule, its next occurrence and its last run.';
comment on column ratchet.schedule_status.key is 'Its id, which the ids of its jobs begin with.';
comment on column ratchet.schedule_status.namespace is 'Its namespace.';
comment on column ratchet.schedule_status.workflow is 'Workflow that it starts.';
comment on column ratchet.schedule_status.queue is 'Queue it starts it on.';
comment on column ratchet.schedule_status.rule is 'Its cron expression, or its interval, in words.';
comment on column ratchet.schedule_status.timezone is 'Time zone of the cron expression.';
comment on column ratchet.schedule_status.state is
  'active, paused, ended, or in more words why it is not active.';
comment on column ratchet.schedule_status.next_at is
  'The next occurrence; null while it is paused and when there is none.';
comment on column ratchet.schedule_status.last_at is
  'The last occurrence that was started; null before the first.';
comment on column ratchet.schedule_status.last_job is 'Workflow id of the last job it started.';
comment on column ratchet.schedule_status.last_state is
  'How that job stands: running, done, failed or stopped; null when it is not kept.';
comment on column ratchet.schedule_status.run_count is 'How many jobs it has started.';
