import type { Database } from './database';
import type { ActivityClaim } from './step-transaction';

export interface Route {
  namespace: string;
  queue: string;
  /** Absent: the activities of the queue. */
  workflow?: string;
  /** The instance that serves it, and what it says of itself. */
  guid?: string;
  profile?: object;
  /**
   * Retries of its activities that have no policy of their own, intervals in seconds; of a
   * workflow, what its jobs leave open, in milliseconds.
   */
  retry?: object | undefined;
}

const REGISTER = 'select ratchet.register_worker($1, $2, $3)';
const ADD_ROUTES = 'select ratchet.add_routes($1, $2)';
const REMOVE_ROUTES = 'select ratchet.remove_routes($1, $2)';
const PUT_BACK = 'select ratchet.put_back($1, $2, $3, $4, $5, p_epoch => $6)';
const UNREGISTER = 'select ratchet.unregister_worker($1)';
const PRUNE = 'select ratchet.prune()';

/** Returns the number that names the worker in every later call. */
export async function registerWorker(
  database: Database,
  name: string,
  routes: Route[],
  leaseSeconds: number,
): Promise<string> {
  const values = [name, JSON.stringify(routes), leaseSeconds];
  const [row] = await database.rows<[string]>(REGISTER, values);
  return row?.[0] ?? '';
}

export async function addRoutes(database: Database, workerId: string, routes: Route[]) {
  await database.rows(ADD_ROUTES, [workerId, JSON.stringify(routes)]);
}

export async function removeRoutes(database: Database, workerId: string, routes: Route[]) {
  await database.rows(REMOVE_ROUTES, [workerId, JSON.stringify(routes)]);
}

/**
 * Gives back a claimed activity that cannot be run here, to be taken again in a moment. Tried once:
 * whoever tries again asks first whether the claim is still the one of then.
 */
export async function putBack(
  database: Database,
  { workerId, jobId, position, attempt, address, epoch }: ActivityClaim & { epoch: number },
): Promise<void> {
  await database.rows(PUT_BACK, [workerId, jobId, position, attempt, address, epoch]);
}

/** Hands back everything the worker holds. */
export async function unregisterWorker(database: Database, workerId: string): Promise<void> {
  await database.rows(UNREGISTER, [workerId]);
}

/** Removes one batch of finished jobs past their retention. */
export async function prune(database: Database): Promise<void> {
  await database.rows(PRUNE, []);
}
