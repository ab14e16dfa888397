import { Client, type ClientConfig } from 'pg';
import { checkName } from '../database/names';
import { isPool, type Connection } from '../engine/hub';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';

/** The login of a provisioned worker role. */
export interface WorkerCredentials {
  user: string;
  password: string;
}

/** pg has it, its types do not: everything that the options and their URL say. */
type Described = Client & { connectionParameters: ClientConfig & Record<string, unknown> };

function describe(connectionString: string): ClientConfig {
  const { connectionParameters } = new Client({ connectionString }) as Described;
  // What a URL does not say is empty there, and would hide a default.
  const said = Object.entries(connectionParameters).filter(
    ([key, value]) => key === 'ssl' || Boolean(value),
  );
  return Object.fromEntries(said);
}

/**
 * The connection with another login. A URL would win over what stands beside it, so it is taken
 * apart.
 */
export function withCredentials(
  connection: Connection,
  credentials: WorkerCredentials,
): Connection {
  checkOptions(credentials, ['user', 'password'], 'workerCredentials');
  const user = checkName(credentials.user, 'workerCredentials.user', 63);
  if (typeof credentials.password !== 'string' || credentials.password === '') {
    throw new RatchetError('WF104', 'workerCredentials.password is missing.', {
      hint: 'Give what provisionWorkerRole or rotateWorkerPassword returned.',
    });
  }
  const { class: given, options = {} } = connection;
  const own = isPool(given) ? given.options : options;
  const { connectionString, ...rest } = own;
  const described = connectionString === undefined ? {} : describe(connectionString);
  const login = { user, password: credentials.password };
  return { class: Client, options: { ...described, ...rest, ...login }, isSecured: true };
}
