import test from 'ava';
import { engineFiles, read } from '../support/files';
import { functionsOf, parserReady } from '../support/sql-parser';

test('SQL functions have at most 70 lines', async (t) => {
  await parserReady;
  const sizes = engineFiles().flatMap((path) =>
    functionsOf(read(path)).map(({ text }) => ({ path, lines: text.split('\n').length })),
  );
  t.deepEqual(
    sizes.filter(({ lines }) => lines > 70),
    [],
  );
});
