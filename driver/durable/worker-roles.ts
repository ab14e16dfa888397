import { checkName } from '../database/names';
import {
  listRoles,
  provisionRole,
  revokeRole,
  rotatePassword,
  type WorkerRole,
} from '../database/role-calls';
import type { Database } from '../database/database';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';
import { hubFor, type ConnectionConfig } from './connection';

/** Postgres names have at most this many characters. */
const MAX_ROLE = 63;

interface Administered {
  /** Of a role that may create roles and owns the engine. */
  connection: ConnectionConfig;
  /** Of the queues that are provisioned; roles belong to the database, whatever it is. */
  namespace?: string;
}

async function administer(given: Administered, known: string[], where: string): Promise<Database> {
  checkOptions(given, ['connection', 'namespace', ...known], where);
  if (given.namespace !== undefined) checkName(given.namespace, 'namespace');
  const hub = hubFor(given.connection);
  await hub.prepare();
  return hub.database;
}

function passwordOf(password: unknown): string | null {
  if (password === undefined) return null;
  if (typeof password === 'string') return password;
  throw new RatchetError('WF104', 'The password is not text.', {
    hint: 'Give text of 8 to 512 characters, or none to have one made.',
  });
}

/**
 * Creates a login role for workers that may serve some queues and do nothing else. Provisioning the
 * same queues again gives it a new password, and takes back a revocation.
 *
 * @param given.streamNames `<taskQueue>` to run workflows of a queue, `<taskQueue>-activity` to run
 *   its activities
 * @example
 * const { roleName, password } = await Durable.provisionWorkerRole({
 *   connection, streamNames: ['orders', 'orders-activity'],
 * });
 * // Elsewhere, without any other right on the database:
 * const workerCredentials = { user: roleName, password };
 * await Durable.Worker.create({ connection, taskQueue: 'orders', workflow, workerCredentials });
 */
export async function provisionWorkerRole(
  given: Administered & { streamNames: string[]; password?: string },
): Promise<{ roleName: string; password: string }> {
  const database = await administer(given, ['streamNames', 'password'], 'provisionWorkerRole');
  const { streamNames, namespace = 'durable', password } = given;
  if (!Array.isArray(streamNames) || streamNames.length === 0) {
    throw new RatchetError('WF104', 'streamNames is not a list of names.', {
      hint: 'Give <taskQueue> for workflows and <taskQueue>-activity for activities.',
    });
  }
  for (const name of streamNames) checkName(name, 'streamName');
  return provisionRole(database, streamNames, namespace, passwordOf(password));
}

/** Gives a worker role a new password. Connections that are open stay open. */
export async function rotateWorkerPassword(
  given: Administered & { roleName: string; newPassword?: string },
): Promise<{ password: string }> {
  const known = ['roleName', 'newPassword'];
  const database = await administer(given, known, 'rotateWorkerPassword');
  const roleName = checkName(given.roleName, 'roleName', MAX_ROLE);
  return { password: await rotatePassword(database, roleName, passwordOf(given.newPassword)) };
}

/** Ends what a worker role may do, at once; what its workers hold goes to others. */
export async function revokeWorkerRole(given: Administered & { roleName: string }): Promise<void> {
  const database = await administer(given, ['roleName'], 'revokeWorkerRole');
  await revokeRole(database, checkName(given.roleName, 'roleName', MAX_ROLE));
}

/** The worker roles of the database, revoked ones included. */
export async function listWorkerRoles(given: Administered): Promise<WorkerRole[]> {
  return listRoles(await administer(given, [], 'listWorkerRoles'));
}

/** The calls about worker roles, as members of `Durable` and `HotMesh`. */
export const workerRoles = {
  provisionWorkerRole,
  rotateWorkerPassword,
  revokeWorkerRole,
  listWorkerRoles,
};
