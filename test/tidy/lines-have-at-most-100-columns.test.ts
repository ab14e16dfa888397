import test from 'ava';
import { read, sourceFiles } from '../support/files';

test('lines have at most 100 columns', (t) => {
  const tooLong: string[] = [];
  // Migrations are copies of sql/.
  const files = sourceFiles('.ts', '.sql', '.mjs').filter(
    (path) => !/^migrations.*sql$/.test(path),
  );
  for (const path of files) {
    read(path)
      .split('\n')
      .forEach((line, index) => {
        if ([...line].length > 100) tooLong.push(`${path}:${index + 1}`);
      });
  }
  t.deepEqual(tooLong, []);
});
