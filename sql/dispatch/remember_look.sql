-- After a second slow look in a row from the very beginning (p_begin null), or one that followed
-- it, quick (0) or safe (1): keeps in the session where the next looks begin. p_slow is what was
-- known before: null nothing, {} after a first slow one, which may have made the session's plans.
--   A safe look begins at a time before which nothing can come any more. It notes its own time, and
--   its transaction, if that has a number (noted). A later transaction of the session has a number
--   (xid) above all that were given until then. Once all below that have ended, a safe look that
--   finds nothing before the noted time has seen all that was dated before it: whoever writes a
--   message is numbered first (write_time). It moves on, unless one that writes stays open.
--   A quick look begins 200 ms before the last look. It is used only if safe looks are slow: then
--   the next of them comes after twenty times as long as the last one took, and so long waits a
--   message that was committed late.
-- Should the clock have been set back unseen, a message waits until the next look from the very
-- beginning: after a minute, or two hundred times as long as such a look takes. A fast one ends it.
create function ratchet_internal.remember_look(
  p_worker bigint, p_now timestamptz, p_slow jsonb, p_begin int, p_oldest xid8,
  p_took interval, p_heads ratchet_internal.route_head[], p_answers_at timestamptz
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_slow constant boolean := p_took > interval '2 ms';
  v_is_whole constant boolean := p_begin is null;
  v_is_settled constant boolean := p_begin is distinct from 0
    and coalesce(p_oldest >= (p_slow ->> 'xid')::xid8, false);
  v_is_new constant boolean := not p_slow ? 'noted' or v_is_settled;
  v_xid constant text := pg_current_xact_id_if_assigned()::text;
begin
  if v_is_whole and (p_slow is null or not v_is_slow) then
    perform set_config('ratchet.slow_look', case when v_is_slow then '{}' else '' end, false);
    return;
  end if;
  perform set_config('ratchet.slow_look', jsonb_build_object(
    'worker', p_worker::text,
    'at', p_now,
    'ends', case when v_is_whole then to_jsonb(p_now + greatest(200 * p_took, '1 minute'))
      else p_slow -> 'ends' end,
    -- After a whole look that settled where safe ones begin, the next of these is short.
    'again', case when p_begin = 0 then p_slow -> 'again' when v_is_slow and
      not (v_is_whole and v_is_settled) then to_jsonb(p_now + 20 * p_took) else to_jsonb(p_now) end,
    'noted', case when v_is_new then to_jsonb(v_xid) else p_slow -> 'noted' end,
    'xid', case when not v_is_new then coalesce(p_slow ->> 'xid',
      case when v_xid is distinct from p_slow ->> 'noted' then v_xid end) end,
    'answers', ratchet_internal.look_begins(
      case when p_slow ->> 'worker' = p_worker::text then p_slow -> 'answers' end,
      p_answers_at, p_now, v_is_new, v_is_settled),
    'since', coalesce(p_slow -> 'since', '{}') || (
      select coalesce(jsonb_object_agg(r.key, jsonb_build_object(
        'ready', ratchet_internal.look_begins(r.known -> 'ready', r.ready_at, p_now, v_is_new,
          v_is_settled),
        'due', ratchet_internal.look_begins(r.known -> 'due', r.due_at, p_now, v_is_new,
          v_is_settled))), '{}')
      from (
        select named.key, p_slow -> 'since' -> named.key as known, h.ready_at, h.due_at
        from unnest(p_heads) h
        cross join lateral (
          select ratchet_internal.route_key(h.namespace, h.queue, h.workflow) as key) named) r)
    )::text, false);
end $$;
comment on function ratchet_internal.remember_look(
  bigint, timestamptz, jsonb, int, xid8, interval, ratchet_internal.route_head[], timestamptz)
  is 'Keeps in the session where the next looks begin, after a look that was slow.';
