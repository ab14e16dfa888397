import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from './package';

/** The folder of the migrations that `migrate()` applies. */
export const migrationsFolder = join(packageRoot, 'migrations');

/** A migration is called `NNNN_pre_name.sql` or `NNNN_post_name.sql`. */
const migrationFile = /^\d{4}_(pre|post)_\w+\.sql$/;

/** Fills the table of applied migrations for those who install with psql. */
const psqlOnly = 'upkeep/installed.sql';

// node-pg-migrate would cut the file in two at such a comment.
const splitter = /^\s*--[\s-]*(up|down)\s+migration/im;

/** The names under which node-pg-migrate records the packaged migrations, in order. */
export function migrationNames(): string[] {
  const files = readdirSync(migrationsFolder).filter((name) => migrationFile.test(name));
  return files.sort().map((name) => name.slice(0, -'.sql'.length));
}

/**
 * The whole of sql/engine.sql in one text, without psql's own commands: as `'script'` with its
 * transaction and its record of what was applied, as `'migration'` without, because
 * node-pg-migrate adds both.
 */
export function expandSources(purpose: 'script' | 'migration'): string {
  const folder = join(packageRoot, 'sql');
  const text = include(join(folder, 'engine.sql'), folder, purpose);
  const found = splitter.exec(text);
  if (found) throw new Error(`node-pg-migrate would split the migration here: ${found[0].trim()}`);
  return text.replace(/\n{3,}/g, '\n\n').trim() + '\n';
}

function include(file: string, folder: string, purpose: 'script' | 'migration'): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  const kept = lines.map((line) => {
    if (purpose === 'migration' && /^(begin|commit);\s*$/i.test(line)) return '';
    const path = /^\\ir\s+(\S+)\s*$/.exec(line)?.[1];
    if (path === undefined) return /^\\[a-z]/.test(line) ? '' : line;
    const next = join(dirname(file), path);
    const name = relative(folder, next).replaceAll('\\', '/');
    if (purpose === 'migration' && name === psqlOnly) return '';
    return `\n-- sql/${name}\n\n${include(next, folder, purpose)}`;
  });
  return kept.join('\n');
}
