/** `$1` is the worker's id as text; answers whether the worker still holds its lease. */
export const HEARTBEAT_SQL = 'select ratchet.heartbeat($1::bigint) as is_alive';
