-- The ledger: one integer on each step, only ever increased, whose decimal digits say what has
-- been committed. From the left: 1 finalized (2), 2-3 first-leg attempts, 4 first leg done,
-- 5-7 unused, 8-15 entries of the second leg.
-- The increments are the functions beside this file; the view ratchet.ledger shows it decoded.

create domain ratchet.ledger_value as bigint
  constraint "ledger has at most fifteen digits, the first of them 0, 1 or 2"
    check (value between 0 and 299999999999999)
  constraint "a finalized step has done its first leg"
    check (value < 200000000000000 or value / 100000000000 % 10 = 1)
  constraint "the first leg is done at most once and digits 5 to 7 are unused"
    check (value / 100000000 % 10000 in (0, 1000));
comment on domain ratchet.ledger_value is
  'Monotonic integer whose digits say which legs of a step have committed, and how often.';
