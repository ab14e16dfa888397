import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { testDatabase } from '../support/cluster';
import { runProgram } from './run-program';

const examples = join(__dirname, '..', '..', 'examples');

/** Runs an example as a reader would, on a database of its own; the answer is what it printed. */
export async function runExample(t: ExecutionContext, file: string): Promise<string[]> {
  const { url } = await testDatabase(t);
  const { stdout, stderr, code } = await runProgram(['--import', 'tsx', join(examples, file)], url);
  t.is(code, 0, stdout + stderr);
  t.is(stderr, '');
  return stdout.trimEnd().split('\n');
}
