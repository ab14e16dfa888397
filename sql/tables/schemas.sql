-- The two schemas: what people use, and what only the engine touches.

create schema if not exists ratchet;
comment on schema ratchet is
  'Durable workflows: jobs, their history, and the functions people call.';

create schema if not exists ratchet_internal;
comment on schema ratchet_internal is
  'What only the engine touches: messages, workers, signals, helpers.';
