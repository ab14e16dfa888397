import { basename } from 'node:path';
import test from 'ava';
import { engineFiles, read } from '../support/files';
import { functionsOf, parserReady } from '../support/sql-parser';

test('SQL files hold one function, named like the file', async (t) => {
  await parserReady;
  const wrong: string[] = [];
  for (const path of engineFiles().filter((file) => !file.startsWith('sql/tables/'))) {
    const functions = functionsOf(read(path)).map(({ name }) => name);
    const name = basename(path, '.sql');
    if (functions.length > 1) wrong.push(`${path} holds ${functions.join(' and ')}`);
    else if (functions[0] && functions[0].split('.').pop() !== name) {
      wrong.push(`${path} holds ${functions[0]}`);
    }
  }
  t.deepEqual(wrong, []);
});
