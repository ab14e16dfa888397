import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const root = join(__dirname, '..', '..');

/** What the demo has started inherits this from it: its server too. */
const MARK = 'PGRATCHET_DEMO_MARK';

/** Command lines of the processes that carry the mark; where there is no /proc, none. */
function markedProcesses(mark: string): string[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const isMarked = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${mark}`);
      return isMarked ? [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')] : [];
    } catch {
      return []; // it has ended, or belongs to somebody else
    }
  });
}

test('the demo ends with demo: ok, within 30 seconds, and leaves no process behind', async (t) => {
  const mark = randomUUID();
  const started = performance.now();
  const demo = spawn(process.execPath, ['--import', 'tsx', join(root, 'examples', 'demo.ts')], {
    cwd: root,
    env: { ...process.env, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let isSeen = false;
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      isSeen ||= markedProcesses(mark).length > 1;
    });
  }
  const code = await new Promise((resolve) => demo.once('close', resolve));
  const seconds = (performance.now() - started) / 1_000;
  t.log(`${seconds.toFixed(1)} s`);
  t.is(code, 0, output);
  t.is(output.trimEnd().split('\n').at(-1), 'demo: ok');
  t.true(seconds < 30);
  t.true(isSeen || !existsSync('/proc/self/environ'), 'processes can be seen at all');
  t.deepEqual(markedProcesses(mark), []);
  t.notRegex(output, /\u001b/, 'colours are for terminals');
  t.regex(output, /kills order worker 1/);
  t.regex(output, /select \* from ratchet\.check_invariants\(\);\n\(0 rows\)/);
});
