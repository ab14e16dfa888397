-- Who listens to the broadcasts of graphs, and to what workflows emit, and what they have not yet
-- taken. Transient: rows go to those who listen at that moment, and vanish with them. Where nobody
-- listens nothing is written.

create table ratchet_internal.subscriptions (
  id text collate "C" primary key,
  owner text collate "C" not null,
  namespace text collate "C" not null,
  pattern text collate "C",
  is_glob boolean not null default false,
  expires_at timestamptz not null,
  constraint "only what has a pattern may be a glob" check (pattern is not null or not is_glob)
);
create index subscriptions_of_owner on ratchet_internal.subscriptions (owner);
create index subscriptions_exact on ratchet_internal.subscriptions (pattern, namespace)
  where not is_glob;
create index subscriptions_glob on ratchet_internal.subscriptions (namespace) where is_glob;

create table ratchet_internal.broadcasts (
  id bigint generated always as identity primary key,
  subscription text collate "C" not null
    references ratchet_internal.subscriptions on delete cascade,
  topic text collate "C",
  job text collate "C",
  payload json not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index broadcasts_of_subscription on ratchet_internal.broadcasts (subscription, id);

create table ratchet_internal.replies (
  job text collate "C" not null,
  namespace text collate "C" not null,
  subscription text collate "C" not null
    references ratchet_internal.subscriptions on delete cascade,
  primary key (job, namespace)
);
create index replies_of_subscription on ratchet_internal.replies (subscription);

comment on table ratchet_internal.subscriptions is
  'Who listens to the broadcasts of graphs at the moment.';
comment on column ratchet_internal.subscriptions.id is 'Chosen by who subscribes.';
comment on column ratchet_internal.subscriptions.owner is
  'The process that takes what comes.';
comment on column ratchet_internal.subscriptions.namespace is
  'Namespace whose broadcasts it gets, as in jobs.';
comment on column ratchet_internal.subscriptions.pattern is
  'A topic, or topic.job; null: only the replies it was promised.';
comment on column ratchet_internal.subscriptions.is_glob is
  'Whether * in the pattern stands for any characters.';
comment on column ratchet_internal.subscriptions.expires_at is
  'When it ends unless it is renewed before.';
comment on table ratchet_internal.broadcasts is
  'What was broadcast to a subscription and its owner has not yet taken.';
comment on column ratchet_internal.broadcasts.id is 'Names it when it is taken.';
comment on column ratchet_internal.broadcasts.subscription is 'To whom it goes.';
comment on column ratchet_internal.broadcasts.topic is 'The topic that the graph publishes.';
comment on column ratchet_internal.broadcasts.job is 'Id of the job, jobs.key.';
comment on column ratchet_internal.broadcasts.payload is 'What was broadcast.';
comment on table ratchet_internal.replies is
  'Who gets the first broadcast of a job, whatever the graph publishes.';
comment on column ratchet_internal.replies.job is 'Id of the job, jobs.key.';
comment on column ratchet_internal.replies.namespace is 'Namespace of the job.';
comment on column ratchet_internal.replies.subscription is 'Who gets it.';
