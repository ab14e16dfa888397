-- What the options of a start ask for.

create type ratchet_internal.start_terms as (
  entity text,
  delay_ms float8,
  expire_seconds bigint,
  pending float8,
  retry json,
  is_watched boolean,
  is_hookable boolean,
  is_persistent boolean,
  is_described boolean
);
comment on type ratchet_internal.start_terms is 'What the options of a start ask for.';
