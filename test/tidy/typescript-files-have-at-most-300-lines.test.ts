import test from 'ava';
import { read, sourceFiles } from '../support/files';

test('TypeScript files have at most 300 lines', (t) => {
  const sizes = sourceFiles('.ts').map((path) => ({
    path,
    lines: read(path).split('\n').length - 1,
  }));
  t.deepEqual(
    sizes.filter(({ lines }) => lines > 300),
    [],
  );
});
