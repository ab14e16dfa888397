-- Where a stretch tells what it does: an empty list if the caller wants to know (with_spans), else
-- null. Inlinable.

create function ratchet_internal.wanted_spans() returns jsonb[]
language sql stable
return case when current_setting('ratchet.spans', true) like '[%' then '{}'::jsonb[] end;
comment on function ratchet_internal.wanted_spans() is
  'Where a stretch tells what it does: an empty list, or null if nobody wants to know.';
