import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';

const root = join(__dirname, '..', '..');
const script = `
  import { createRequire } from 'node:module';
  const name = process.argv[1];
  const imported = await import(name);
  const required = createRequire(import.meta.url)(name);
  const names = Object.keys(required);
  console.log(JSON.stringify({
    count: names.length,
    different: names.filter((name) => imported[name] !== required[name]),
    missing: Object.keys(imported).filter((name) => !names.includes(name)),
  }));
`;

for (const name of ['pgratchet', 'pgratchet/testing']) {
  test(`import and require share one instance of ${name}`, (t) => share(t, name));
}

function share(t: ExecutionContext, name: string): void {
  const node = ['--input-type=module', '--eval', script, name];
  const output = execFileSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
  const { count, different, missing } = JSON.parse(output) as Record<string, unknown>;
  t.not(count, 0);
  t.deepEqual({ different, missing }, { different: [], missing: [] });
}
