import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the installed package: the one that holds sql/ and migrations/. */
export const packageRoot = join(__dirname, '..', '..');

/** The version of the installed package, as in its package.json. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;
