import test from 'ava';
import fc from 'fast-check';
import { checkName, sanitizeText } from '../../driver/database/names';
import { RatchetError } from '../../driver/errors';

test('a name comes back as it was given', (t) => {
  for (const name of ['a', 'order-456', ' spaces ', 'é', '😀'.repeat(512), '$', 'a.b/c:d']) {
    t.is(checkName(name, 'workflow id'), name);
  }
});

const WRONG: [unknown, string, RegExp][] = [
  ['', 'WF101', /is empty/],
  ['x'.repeat(513), 'WF101', /more than 512 characters/],
  ['😀'.repeat(513), 'WF101', /more than 512 characters/],
  ['a\nb', 'WF101', /control character/],
  ['a\x7f', 'WF101', /control character/],
  ['a\0b', 'WF105', /U\+0000/],
  ['a\ud800', 'WF105', /surrogate/],
  [undefined, 'WF101', /not text \(undefined\)/],
  [null, 'WF101', /not text \(null\)/],
  [7, 'WF101', /not text \(number\)/],
  [Symbol('s'), 'WF101', /not text \(symbol\)/],
];

for (const [name, code, message] of WRONG) {
  test(`${code} for ${JSON.stringify(name)?.slice(0, 20) ?? typeof name}`, (t) => {
    const error = t.throws(() => checkName(name, 'queue'), { instanceOf: RatchetError });
    t.is(error.code, code);
    t.regex(error.message, /^Invalid queue: it /);
    t.regex(error.message, message);
  });
}

const UNSTORABLE = /[\0\ud800-\udfff]/u;

test('sanitized text is storable, and storable text is left alone', (t) => {
  t.is(sanitizeText('a\0b\ud83dc\udc00😀\n'), 'a\ufffdb\ufffdc\ufffd😀\n');
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff)), (units) => {
      const text = String.fromCharCode(...units);
      const clean = sanitizeText(text);
      t.notRegex(clean, UNSTORABLE);
      if (!UNSTORABLE.test(text)) t.is(clean, text);
    }),
  );
});
