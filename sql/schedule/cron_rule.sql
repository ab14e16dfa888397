-- A cron expression, read: the values that each field allows. In days 32 is the last of the month;
-- in weekdays 0 is Sunday, 10 + n the last n of the month, 100 + 10 n + k the k-th n.

create type ratchet_internal.cron_rule as (
  seconds int[],
  minutes int[],
  hours int[],
  days int[],
  months int[],
  weekdays int[]
);
comment on type ratchet_internal.cron_rule is
  'A cron expression, read: the values that each field allows.';
