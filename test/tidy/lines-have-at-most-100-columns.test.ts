import test from 'ava';
import { read, sourceFiles } from '../support/files';

test('lines have at most 100 columns', (t) => {
  const tooLong: string[] = [];
  for (const path of sourceFiles('.ts', '.sql', '.mjs')) {
    read(path)
      .split('\n')
      .forEach((line, index) => {
        if ([...line].length > 100) tooLong.push(`${path}:${index + 1}`);
      });
  }
  t.deepEqual(tooLong, []);
});
