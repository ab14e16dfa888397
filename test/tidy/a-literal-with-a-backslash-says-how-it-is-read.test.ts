import test from 'ava';
import { engineFiles, read } from '../support/files';

const plain = `'(?:[^']|'')*'`;
const escaped = `'(?:[^'\\\\]|\\\\.|'')*'`;
// A literal goes on where only a line's end stands before the next quote.
const tokens = new RegExp(
  `--.*|"[^"]*"|[eE]${escaped}(?:\\s*\\n\\s*${escaped})*|${plain}(?:\\s*\\n\\s*${plain})*`,
  'g',
);

// '\n' is two characters, or one where standard_conforming_strings is off; E'\\n' is always two.
test('a literal with a backslash is an escape string', (t) => {
  const found = engineFiles().flatMap((path) =>
    (read(path).match(tokens) ?? [])
      .filter((token) => token.startsWith("'") && token.includes('\\'))
      .map((literal) => `${path}: ${literal}`),
  );
  t.deepEqual(found, []);
});
