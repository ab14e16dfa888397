import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, nodeProgram } from '../node';
import { reportAbsence } from './absences';
import { PEERS, type Peer } from './peers';

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
  return wanted.every(({ package: name }) => {
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
    const { absence, node } = PEERS[name] as Peer;
    const isRunnable = isNode(node);
    const tooOld = `it asks for Node ${node.join('.')}, and this is ${nodeProgram().version}`;
    if (absence !== undefined || !isRunnable) reportAbsence(name, 'all', absence ?? tooOld);
    return absence === undefined && isRunnable;
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
