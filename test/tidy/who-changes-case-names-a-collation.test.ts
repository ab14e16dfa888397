import test from 'ava';
import { engineFiles, read } from '../support/files';

const change = /(?<![\w.])(?:lower|upper|initcap)\s*\(/gi;

/** What stands between the parenthesis that opens before `from` and the one that closes it. */
function inside(text: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; depth > 0 && at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
  }
  return text.slice(from, at - 1);
}

// Without one, the locale of the user's database says which letters are one: I is no i in Turkish.
test('who changes the case of a text names a collation', (t) => {
  const found = engineFiles().flatMap((path) => {
    const text = read(path).replace(/--.*$/gm, '');
    return [...text.matchAll(change)]
      .map((match) => inside(text, match.index + match[0].length))
      .filter((argument) => !/\bcollate "\S+"$/.test(argument))
      .map((argument) => `${path}: ${argument}`);
  });
  t.deepEqual(found, []);
});
