-- Signals that were accepted and not yet consumed. Sending only inserts here; matching signals with
-- waits is done by the engine after the commit, in short transactions (signal/deliver_signals.sql).

create table ratchet_internal.signals (
  id bigint generated always as identity primary key,
  key text collate "C" not null,
  namespace text collate "C" not null,
  dedup_id text collate "C",
  payload json,
  code int,
  is_new boolean not null default true,
  is_consumed boolean not null default false,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  constraint "a consumed signal has been looked at" check (not (is_new and is_consumed)),
  constraint "a dedup id is used once for a signal" unique (key, namespace, dedup_id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create index signals_new on ratchet_internal.signals (id) where is_new;
create index signals_expiring on ratchet_internal.signals (expires_at);
create index signals_pending on ratchet_internal.signals (key, namespace, id)
  where not is_consumed;

comment on table ratchet_internal.signals is
  'Signals accepted and not yet consumed; consumed ones stay only to recognise a repeated dedup'
  ' id.';
comment on column ratchet_internal.signals.id is 'Order of sending.';
comment on column ratchet_internal.signals.key is 'The signal id that waits name.';
comment on column ratchet_internal.signals.namespace is 'Namespace of the waits it may answer.';
comment on column ratchet_internal.signals.payload is 'What the wait returns.';
comment on column ratchet_internal.signals.code is
  'For a hook of a graph: 200 ends the wait, 202 leaves it open; null for functions.';
comment on column ratchet_internal.signals.is_consumed is
  'Whether a wait took it; kept until it expires, to recognise a repetition.';
comment on column ratchet_internal.signals.sent_at is 'When it was sent.';
comment on column ratchet_internal.signals.dedup_id is
  'Names the sending: a second one with the same id changes nothing.';
comment on column ratchet_internal.signals.is_new is
  'Whether the engine has yet to look for a wait.';
comment on column ratchet_internal.signals.expires_at is
  'When it is dropped if nobody has waited for it; until then its dedup id is known.';
