import test from 'ava';
import ts from 'typescript';
import { runProgram } from '../examples/run-program';
import { emptyDatabase } from '../support/cluster';
import { read } from '../support/files';
import { temporaryFolder } from '../support/temporary-folder';

/** The block of a language in the README. */
function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(read('driver/mesh/README.md'));
  if (found?.[1] === undefined) throw new Error(`The README has no block of ${language}`);
  return found[1];
}

test('the document and the program of the README work as written', async (t) => {
  const { url, pool } = await emptyDatabase(t);
  const folder = temporaryFolder({ 'greeting.yaml': block('yaml') });
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(block('ts'), { compilerOptions });
  const moving = `process.chdir(${JSON.stringify(folder)});\n`;
  const program = await runProgram(['--input-type=module', '--eval', moving + outputText], url);
  t.is(program.code, 0, program.stderr);
  t.is(program.stdout, "{ text: 'HELLO ADA' }\n");
  t.is(program.stderr, '');
  const { rows } = await pool.query('select * from ratchet.check_invariants()');
  t.deepEqual(rows, []);
});
