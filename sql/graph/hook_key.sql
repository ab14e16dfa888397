-- The key under which a hook waits: topic and value, parted by a character that no name may hold,
-- so that neither can be taken for the other, and no signal of a function can answer a hook. What
-- would be too long for an index is replaced by its hash. Inlinable.

create function ratchet_internal.hook_key(p_topic text, p_value jsonb) returns text
language sql immutable parallel safe
return case when octet_length(p_topic) + octet_length(p_value #>> '{}') <= 1000
    then p_topic || E'\x1f' || (p_value #>> '{}')
  else left(p_topic, 100) || E'\x1fsha256:' || encode(sha256(convert_to(
    p_topic || E'\x1f' || (p_value #>> '{}'), 'UTF8')), 'hex') end;
comment on function ratchet_internal.hook_key(text, jsonb) is
  'The key under which a hook waits for a signal of a topic.';
