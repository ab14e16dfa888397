import test from 'ava';
import ts from 'typescript';
import { emptyDatabase } from '../support/cluster';
import { read } from '../support/files';
import { runProgram } from './run-program';

/** The first block of a language in the README. */
function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(read('README.md'));
  if (found?.[1] === undefined) throw new Error(`README.md has no block of ${language}`);
  return found[1];
}

test('the quick start and the queries of the README work as written', async (t) => {
  const { url, pool } = await emptyDatabase(t);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(block('ts'), { compilerOptions });
  const program = await runProgram(['--input-type=module', '--eval', outputText], url);
  t.is(program.code, 0, program.stderr);
  t.is(program.stdout, 'mailed: charged 995 for order-456\n');
  t.is(program.stderr, '');

  const answers = (await pool.query(block('sql'))) as unknown as { rows: object[] }[];
  const [, history, open, workers, violations] = answers.map(({ rows }) => rows);
  t.is(history?.length, 3);
  t.like(history?.[0], { job_key: 'order-456', semaphore: 0, workflow: 'order' });
  t.deepEqual([open, workers, violations], [[], [], []]);
});
