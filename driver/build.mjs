// Compiles driver/ to dist/ and writes the ESM face. The face re-exports the one CommonJS
// instance, so that `import` and `require` in one process share classes, workers and pools.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

rmSync(`${root}dist`, { recursive: true, force: true });
try {
  const compiler = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', `${root}driver`], { stdio: 'inherit' });
} catch {
  process.exit(1); // tsc has already printed what is wrong
}

for (const entry of ['index', 'testing']) {
  const names = Object.keys(require(`${root}dist/${entry}.js`)).filter(
    (name) => name !== '__esModule',
  );
  const face = [
    `import cjs from './${entry}.js';`,
    ...names.map((name) => `export const ${name} = cjs.${name};`),
    '',
  ];
  writeFileSync(`${root}dist/${entry}.mjs`, face.join('\n'));
  writeFileSync(`${root}dist/${entry}.d.mts`, `export * from './${entry}.js';\n`);
}

const cli = `${root}dist/cli/main.js`;
if (existsSync(cli)) chmodSync(cli, 0o755);
