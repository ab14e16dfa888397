import { execFileSync } from 'node:child_process';

export interface Owner {
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. Run as root, this finds somebody else to run it: the user
 * `postgres` where there is one, else `nobody`, else a new user `postgres`. Run as anybody else,
 * nothing is needed and the answer is undefined.
 */
export function postgresOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = lookUp('postgres') ?? lookUp('nobody');
  if (found) return found;
  execFileSync('useradd', ['--system', '--user-group', 'postgres'], { stdio: 'ignore' });
  const created = lookUp('postgres');
  if (!created) throw new Error('Postgres must not run as root, and no other user could be found');
  return created;
}

function lookUp(name: string): Owner | undefined {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
