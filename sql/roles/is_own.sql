-- Whether this session may use a worker that was registered by the given limited role (null: by
-- any other). No search path of its own: see limited_role.

create function ratchet_internal.is_own(p_role name) returns boolean
language sql stable parallel safe
return ratchet_internal.limited_role() is null
  or p_role is not distinct from ratchet_internal.limited_role();
comment on function ratchet_internal.is_own(name) is
  'Whether this session may use the worker that a role registered.';
