/** Errors of the socket or of name resolution: the statement may or may not have run. */
const SOCKET_CODES = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'],
  ...['EAI_AGAIN', 'ENOTFOUND', 'ERR_STREAM_DESTROYED', 'ERR_SOCKET_CLOSED'],
]);

/** Server messages that end a session, whatever it was doing. */
const SESSION_END = new Set([
  '57P01', // admin_shutdown, pg_terminate_backend
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up, shutting down, in recovery
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
]);

/** How the messages begin that pg and pg-pool give without a code. */
const CONNECTION_MESSAGES = [
  'Connection terminated',
  'Connection ended',
  'Query read timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
];

const TRANSIENT = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled, statement_timeout
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction: a failover under way
  'WF404', // late call: the next one belongs to the epoch of now
]);

const LOGIN_REFUSALS = [
  '28000', // invalid_authorization_specification: the role may not log in
  '28P01', // invalid_password
];

const REFUSALS = new Set([
  ...LOGIN_REFUSALS,
  '42501', // insufficient_privilege
  'WF701',
]);

/** No session could be had, so nothing is known of any statement. */
const NO_SESSION = new Set([...LOGIN_REFUSALS, '3D000']); // invalid_catalog_name

/** Reads a property of anything; a throwing getter reads as absent. */
function read(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function text(value: unknown, key: string): string {
  const found = read(value, key);
  return typeof found === 'string' ? found : '';
}

/**
 * The connection is gone, could not be made, or cannot be trusted any more. Whether the
 * statement under way has committed is unknown: repeat it with the same ids.
 */
export function isConnectionError(error: unknown): boolean {
  const code = text(error, 'code');
  if (SOCKET_CODES.has(code) || SESSION_END.has(code) || /^08[0-9A-Z]{3}$/.test(code)) return true;
  // The Unix socket of a server that is down.
  if (code === 'ENOENT' && read(error, 'syscall') === 'connect') return true;
  const message = text(error, 'message');
  return CONNECTION_MESSAGES.some((beginning) => message.startsWith(beginning));
}

/** The server refused for a reason that passes; the session is usable, a repeat may succeed. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(text(error, 'code'));
}

/** The server carried the statement out and refused it, or refuses statements of this kind. */
export function isOfStatement(error: unknown): boolean {
  const severity = text(error, 'severity'); // only the server gives one
  if (severity === '' || severity === 'FATAL' || NO_SESSION.has(text(error, 'code'))) return false;
  return !isConnectionError(error) && !isTransient(error);
}

/** The role may not log in, or may not do this: a repeat will be refused as well. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has(text(error, 'code'));
}
