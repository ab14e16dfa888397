import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeProgram } from '../child';
import { reportAbsence } from './absences';
import { PEERS } from './peers';

const folder = __dirname;
const installed = join(folder, 'node_modules');

interface Lock {
  packages: Record<string, { version?: string }>;
}

function lockOf(path: string): Lock {
  return JSON.parse(readFileSync(path, 'utf8')) as Lock;
}

/** Whether what is installed has the versions of the lock file, as far as it names them. */
function isCurrent(): boolean {
  const seen = join(installed, '.package-lock.json');
  if (!existsSync(seen)) return false;
  const { packages } = lockOf(seen);
  const wanted = Object.values(PEERS).filter(({ absence }) => absence === undefined);
  const { packages: locked } = lockOf(join(folder, 'package-lock.json'));
  return [...wanted.map((peer) => peer.package), 'node'].every((name) => {
    const at = `node_modules/${name}`;
    return packages[at]?.version === locked[at]?.version;
  });
}

/**
 * Installs the peers if need be, and returns those of the given ones that can be measured. The
 * others are reported.
 */
export function availablePeers(names: string[]): string[] {
  const wanted = names.filter((name) => {
    const absence = PEERS[name]?.absence;
    if (absence !== undefined) reportAbsence(name, 'all', absence);
    return absence === undefined;
  });
  if (wanted.length === 0 || isCurrent()) return wanted;
  console.error('installing the peers into bench/peers/node_modules …');
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'];
  try {
    execFileSync('npm', options, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return wanted;
  } catch {
    for (const name of wanted) reportAbsence(name, 'all', '`npm ci` in bench/peers failed');
    return [];
  }
}

/** The version of a peer that is installed. */
export function versionOf(name: string): string | undefined {
  const { packages } = lockOf(join(installed, '.package-lock.json'));
  return packages[`node_modules/${PEERS[name]?.package}`]?.version;
}

/**
 * The Node to run a peer with: this one, or the npm package `node` where this one is too old. What
 * a peer's code is warned of is its own affair.
 */
export function nodeFor(name: string): NodeProgram {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = PEERS[name]?.node ?? [0, 0];
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const execPath = isEnough ? process.execPath : join(installed, 'node', 'bin', 'node');
  return { execPath, execArgv: ['--no-deprecation'] };
}
