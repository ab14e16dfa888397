import type { Database } from './database';

export interface Route {
  namespace: string;
  queue: string;
  /** Absent: the activities of the queue. */
  workflow?: string;
}

const REGISTER = 'select ratchet.register_worker($1, $2, $3)';
const ADD_ROUTES = 'select ratchet.add_routes($1, $2)';
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

/** Hands back everything the worker holds. */
export async function unregisterWorker(database: Database, workerId: string): Promise<void> {
  await database.rows(UNREGISTER, [workerId]);
}

/** Removes one batch of finished jobs past their retention. */
export async function prune(database: Database): Promise<void> {
  await database.rows(PRUNE, []);
}
