-- A program while it is being compiled. An expression becomes a straight line of calls over
-- numbered registers: constants and references are loaded before it begins, and each call writes
-- one register. While compiling, operands are numbered from 1000000 (constants), 2000000
-- (references) and 3000000 (results); pipe_finish makes registers of them.

create type ratchet_internal.pipe_program as (
  code int[],
  constants jsonb[],
  paths text[],
  families text[],
  functions text[],
  results int,
  variables int[],
  is_stored boolean,
  operand int,
  cells int[]
);
comment on type ratchet_internal.pipe_program is
  'A program while it is being compiled: its code, and what the code refers to.';
