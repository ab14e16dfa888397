-- Where the last call of prune ended: one row, which is also the lock that lets one prune run at a
-- time.

create table ratchet_internal.sweep (
  is_only boolean primary key default true,
  job_id bigint not null,
  constraint "there is one sweep" check (is_only)
);
insert into ratchet_internal.sweep (job_id) values (0);
comment on table ratchet_internal.sweep is 'Where the last call of ratchet.prune ended.';
comment on column ratchet_internal.sweep.is_only is 'Always true: there is one row.';
comment on column ratchet_internal.sweep.job_id is
  'Number of the last job looked at; 0 to begin anew.';
