import test from 'ava';
import fc from 'fast-check';
import { arrayLiteral } from '../../driver/database/array-literal';
import { emptyDatabase } from '../support/cluster';

test('texts, numbers, booleans and nulls come back from Postgres as they were given', async (t) => {
  const { pool } = await emptyDatabase(t);
  const hostile = fc.constantFrom(
    '',
    'NULL',
    'null',
    '"',
    '\\',
    '\\"',
    '{a,b}',
    ' a ',
    '\n',
    '\r\t',
  );
  // Postgres has no text with U+0000, nor half a character.
  const any = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '\\'));
  const texts = fc.array(fc.option(fc.oneof(any, hostile)));
  const others = fc.array(fc.tuple(fc.option(fc.integer()), fc.option(fc.boolean())));
  await fc.assert(
    fc.asyncProperty(texts, others, async (given, pairs) => {
      const [numbers, booleans] = [pairs.map(([n]) => n), pairs.map(([, b]) => b)];
      const { rows } = await pool.query('select $1::text[] a, $2::int[] b, $3::boolean[] c', [
        arrayLiteral(given),
        arrayLiteral(numbers),
        arrayLiteral(booleans),
      ]);
      t.deepEqual(rows[0], { a: given, b: numbers, c: booleans });
    }),
  );
});
