-- From here on the stretches of this transaction tell what they do, and told_spans gives it. For an
-- argument of the call that runs them, which it returns: arguments are evaluated before the call.
--   select … from ratchet.exchange(ratchet.with_spans('12')::bigint, …)
--   union all select … from ratchet.told_spans()

create function ratchet.with_spans(p_argument text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('ratchet.spans', '[', true);
  return p_argument;
end $$;
comment on function ratchet.with_spans(text) is
  'Makes the stretches of graphs in this transaction tell what they do; returns its argument.';
