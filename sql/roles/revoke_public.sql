-- Nobody may call anything until it is granted.

revoke all on schema ratchet, ratchet_internal from public;
revoke all on all tables in schema ratchet, ratchet_internal from public;
revoke execute on all functions in schema ratchet, ratchet_internal from public;
