import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { testDatabase } from '../support/cluster';

const LIMIT_MS = 60_000;
const program = join(__dirname, '..', 'support', 'lifetime-main.ts');

for (const way of ['worker', 'shutdown', 'instance']) {
  test(`without notifications too, until it is stopped: ${way}`, async (t) => {
    const { url } = await testDatabase(t);
    const child = spawn(process.execPath, [...process.execArgv, program, way, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LIMIT_MS,
    });
    const said = text(child.stdout);
    t.deepEqual(await once(child, 'close'), [0, null]);
    t.is(await said, 'serves\nstopped\n');
  });
}
