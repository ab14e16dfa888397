-- What there is for a worker at one moment, as look finds it.

create type ratchet_internal.readiness as (
  has_due boolean,
  has_turns boolean,
  has_activities boolean,
  heads ratchet_internal.route_head[],
  answers_at timestamptz
);
comment on type ratchet_internal.readiness is
  'Whether there are due timers, turns and activities for a worker; its routes, and when its '
  'first answer came: null where there is none.';
