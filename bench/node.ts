import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FROM_NPM = join(__dirname, 'node_modules', 'node', 'bin', 'node');
/** The one that runs npm: scripts that npm runs find the one above first. */
const AT_HAND = process.env['npm_node_execpath'] ?? process.execPath;

/** The Node that the programs of all sides run under. */
export interface NodeProgram {
  path: string;
  /** Such as v24.21.0. */
  version: string;
}

let chosen: NodeProgram = { path: process.execPath, version: process.version };

/** `given` is a path, `current` the Node at hand, undefined the one of package.json. */
export function chooseNode(given: string | undefined): void {
  const path = given === 'current' ? AT_HAND : (given ?? FROM_NPM);
  if (given === undefined && !existsSync(path)) {
    console.error(`The npm package node is not installed: all run under ${process.version}.`);
    return;
  }
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
  chosen = { path, version };
}

export function nodeProgram(): NodeProgram {
  return chosen;
}

/** Whether that is new enough. */
export function isNode([leastMajor, leastMinor]: [major: number, minor: number]): boolean {
  const [major = 0, minor = 0] = chosen.version.slice(1).split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
