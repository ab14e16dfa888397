-- The worker role that this session logged in as, if it is one. By the session, because the
-- functions run as their owner; by the name, because that costs nothing: a role with this beginning
-- that was never provisioned has no queues at all. No search path of its own, so that Postgres puts
-- the expression in its place; nothing in it depends on one.

create function ratchet_internal.limited_role() returns name
language sql stable parallel safe
return case when starts_with(session_user::text, 'hmsh_wrk_') then session_user end;
comment on function ratchet_internal.limited_role() is
  'The worker role of this session, if its rights are limited to queues; else null.';
