import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Paths, relative to the repository, of the files with one of these endings. */
export function sourceFiles(...endings: string[]): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\n');
  const wanted = paths.filter((path) => endings.some((ending) => path.endsWith(ending)));
  // Files that were deleted but not yet committed as such are listed too.
  return [...new Set(wanted)].filter((path) => existsSync(join(root, path))).sort();
}

/** The SQL that is edited by hand: each object of the engine in a file of its own. */
export function engineFiles(): string[] {
  const files = sourceFiles('.sql').filter((path) => path.startsWith('sql/'));
  // Tables of contents list other files.
  return files.filter((path) => !/^\\ir /m.test(read(path)));
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
