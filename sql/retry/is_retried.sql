-- Whether a failed execution is followed by another. Codes 596 (timeout), 597 (attempts used up)
-- and 598 (fatal) never are. maximumAttempts counts retries: n allows n + 1 executions; default 3.
-- Total: any policy gives an answer. Inlinable: part of set-based statements.

create function ratchet_internal.is_retried(p_policy json, p_executions int, p_code int)
returns boolean
language sql immutable parallel safe
return coalesce(p_code not in (596, 597, 598), true)
  and p_executions <= trunc(ratchet_internal.number_of(p_policy, 'maximumAttempts', 3));
comment on function ratchet_internal.is_retried(json, int, int) is
  'Whether an execution that failed with p_code, after p_executions in all, is followed by '
  'another.';
