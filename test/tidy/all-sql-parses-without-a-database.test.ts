import test from 'ava';
import { engineFiles, read } from '../support/files';
import { checkSyntax, parserReady } from '../support/sql-parser';

test('all SQL parses without a database', async (t) => {
  await parserReady;
  const wrong: string[] = [];
  for (const path of engineFiles()) {
    try {
      checkSyntax(read(path));
    } catch (error) {
      wrong.push(`${path}: ${(error as Error).message}`);
    }
  }
  t.deepEqual(wrong, []);
});
