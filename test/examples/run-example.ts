import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { testDatabase } from '../support/cluster';

const root = join(__dirname, '..', '..');
const LIMIT_MS = 60_000;

/** Runs an example as a reader would, on a database of its own; the answer is what it printed. */
export async function runExample(t: ExecutionContext, file: string): Promise<string[]> {
  const { url } = await testDatabase(t);
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'examples', file)], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | string>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'gone'));
  });
  t.is(code, 0, output.stdout + output.stderr);
  t.is(output.stderr, '');
  return output.stdout.trimEnd().split('\n');
}
