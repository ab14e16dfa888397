-- When a delay ends. Total: a negative delay has ended, one of more than three thousand years is
-- cut there, so that no delay is out of range. Inlinable.

create function ratchet_internal.after(p_at timestamptz, p_milliseconds float8)
returns timestamptz
language sql stable parallel safe
return p_at + make_interval(secs => least(greatest(p_milliseconds, 0), 1e14) / 1000);
comment on function ratchet_internal.after(timestamptz, float8) is
  'The time some milliseconds later; a delay below zero counts as none, one above 1e14 as 1e14.';
