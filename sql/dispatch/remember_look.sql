-- After a slow look from the beginning, or one that followed it: keeps in the session where the
-- routes begin. The next look from the beginning comes after twenty times as long as the last one
-- took; so these take a twentieth of the time at most, and a message that was committed late (its
-- time is when it was written) waits no longer than that. A fast one ends it.

create function ratchet_internal.remember_look(
  p_worker bigint, p_now timestamptz, p_slow jsonb, p_took interval,
  p_heads ratchet_internal.route_head[], p_answers_at timestamptz
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Shorter transactions than this are not late.
  v_before timestamptz := p_now - interval '200 ms';
begin
  if p_slow is null and p_took < interval '2 ms' then
    perform set_config('ratchet.slow_look', '', false);
    return;
  end if;
  perform set_config('ratchet.slow_look', jsonb_build_object(
    'worker', p_worker::text,
    'looked', coalesce(p_slow ->> 'looked', p_now::text),
    'again', coalesce(p_slow ->> 'again', (p_now + 20 * p_took)::text),
    'answers', least(p_answers_at, v_before),
    'since', (select jsonb_object_agg(
        ratchet_internal.route_key(h.namespace, h.queue, h.workflow),
        jsonb_build_array(least(h.ready_at, v_before), least(h.due_at, v_before)))
      from unnest(p_heads) h))::text, false);
end $$;
comment on function ratchet_internal.remember_look(
  bigint, timestamptz, jsonb, interval, ratchet_internal.route_head[], timestamptz) is
  'Keeps in the session where the routes of a worker begin, after a look that was slow.';
