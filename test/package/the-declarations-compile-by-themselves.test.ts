import { join, relative } from 'node:path';
import test from 'ava';
import ts from 'typescript';

const root = join(__dirname, '..', '..');
const files = ['index.d.ts', 'testing.d.ts'].map((name) => join(root, 'dist', name));

// Programs that leave `skipLibCheck` off have these declarations checked with their own.
test('the declarations of the package name nothing that is not in them', (t) => {
  const program = ts.createProgram(files, {
    ...{ noEmit: true, strict: true, target: ts.ScriptTarget.ES2022, types: ['node'] },
    ...{ module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  });
  const sources = program.getSourceFiles().filter((file) => file.fileName.startsWith(root));
  const own = sources.filter(({ fileName }) => !fileName.includes('node_modules'));
  const problems = own.flatMap((file) => program.getSemanticDiagnostics(file));
  t.true(own.length > 100);
  t.deepEqual(
    problems.map(({ file, messageText }) => [
      relative(root, file?.fileName ?? ''),
      ts.flattenDiagnosticMessageText(messageText, ' '),
    ]),
    [],
  );
});
