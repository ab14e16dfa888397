import test from 'ava';
import { runProgram } from './run-program';
import { emptyDatabase } from '../support/cluster';

test('a trial of thirty days is tested in a moment, by another test runner', async (t) => {
  const { url } = await emptyDatabase(t);
  const file = 'examples/testing/trial.test.ts';
  const { stdout, code } = await runProgram(['--import', 'tsx', '--test', file], url);
  t.is(code, 0, stdout);
  t.regex(stdout, /# pass 2|ℹ pass 2/);
});
