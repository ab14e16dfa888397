-- Tells the caller what stretches did that have been written. In a setting of the transaction: so
-- what a subtransaction takes back is not told either.

create function ratchet_internal.tell_spans(p_drafts ratchet_internal.graph_draft[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select set_config('ratchet.spans', current_setting('ratchet.spans')
    || string_agg(span::text || ',', '' order by d, place), true)
  from generate_subscripts(p_drafts, 1) d
  cross join lateral unnest(p_drafts[d].spans) with ordinality s (span, place)
  having count(*) > 0
$$;
comment on function ratchet_internal.tell_spans(ratchet_internal.graph_draft[]) is
  'Tells the caller what stretches did, unless that is taken back.';
