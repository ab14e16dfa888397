import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';

const root = join(__dirname, '..', '..');
const script = `
  import { createRequire } from 'node:module';
  import * as imported from 'pgratchet';
  const required = createRequire(import.meta.url)('pgratchet');
  const names = Object.keys(required);
  console.log(JSON.stringify({
    count: names.length,
    different: names.filter((name) => imported[name] !== required[name]),
    missing: Object.keys(imported).filter((name) => !names.includes(name)),
  }));
`;

test('import and require share one instance', (t) => {
  const node = ['--input-type=module', '--eval', script];
  const output = execFileSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
  const { count, different, missing } = JSON.parse(output) as Record<string, unknown>;
  t.not(count, 0);
  t.deepEqual({ different, missing }, { different: [], missing: [] });
});
