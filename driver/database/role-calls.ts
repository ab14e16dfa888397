import type { Database } from './database';

export interface WorkerRole {
  id: string;
  roleName: string;
  /** What it may serve: `<taskQueue>` for workflows, `<taskQueue>-activity` for activities. */
  streamNames: string[];
  namespace: string;
  createdAt: Date;
  revokedAt: Date | null;
  lastRotatedAt: Date | null;
}

const PROVISION = `select role_name, password
  from ratchet.provision_worker_role($1, $2, $3)`;
const ROTATE = 'select ratchet.rotate_worker_password($1, $2)';
const REVOKE = 'select ratchet.revoke_worker_role($1)';
const LIST = `select id, role_name, to_json(queues), namespace, to_json(created_at),
    to_json(revoked_at), to_json(last_rotated_at)
  from ratchet.worker_roles order by id`;

export async function provisionRole(
  database: Database,
  queues: string[],
  namespace: string,
  password: string | null,
): Promise<{ roleName: string; password: string }> {
  const [row] = await database.rows<[string, string]>(PROVISION, [queues, namespace, password]);
  return { roleName: row?.[0] ?? '', password: row?.[1] ?? '' };
}

export async function rotatePassword(
  database: Database,
  roleName: string,
  password: string | null,
): Promise<string> {
  const [row] = await database.rows<[string]>(ROTATE, [roleName, password]);
  return row?.[0] ?? '';
}

export async function revokeRole(database: Database, roleName: string): Promise<void> {
  await database.rows(REVOKE, [roleName]);
}

function timeOf(json: string | null): Date | null {
  return json === null ? null : new Date(JSON.parse(json) as string);
}

export async function listRoles(database: Database): Promise<WorkerRole[]> {
  const rows = await database.rows<(string | null)[]>(LIST, []);
  return rows.map(([id, roleName, queues, namespace, created, revoked, rotated]) => ({
    ...{ id: id ?? '', roleName: roleName ?? '', namespace: namespace ?? '' },
    streamNames: JSON.parse(queues ?? '[]') as string[],
    createdAt: timeOf(created ?? null) ?? new Date(0),
    revokedAt: timeOf(revoked ?? null),
    lastRotatedAt: timeOf(rotated ?? null),
  }));
}
