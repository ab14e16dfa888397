import test from 'ava';
import fc from 'fast-check';
import { fromJson, toJson } from '../../driver/database/json-door';
import { emptyDatabase } from '../support/cluster';

const HOSTILE = ['\0', 'a\0b', '\ud800', '\udfff', '\ud83d\ude00', '\u2028', '\\u0000', '"', '\\'];

test('any JSON value survives, hostile text included, and the JSON itself is plain', (t) => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
  const unit16 = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(text, unit16, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(text, unit16), tie('value'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (input) => {
      const json = toJson(input, 'value');
      t.truthy(json);
      t.notRegex(String(json), /[\0\ud800-\udfff]/u);
      t.is(toJson(fromJson(json), 'value'), json);
      t.deepEqual(fromJson(json), input);
    }),
  );
});

test('undefined is null is undefined; null is a value', (t) => {
  t.is(toJson(undefined, 'value'), null);
  t.is(fromJson(null), undefined);
  t.is(toJson(null, 'value'), 'null');
  t.is(fromJson('null'), null);
});

test('what JSON changes, it changes here', (t) => {
  const date = new Date(0);
  const input = { a: undefined, date, nan: NaN, map: new Map([[1, 2]]), method: () => 1, s: '42' };
  const output = { date: date.toISOString(), nan: null, map: {}, s: '42' };
  t.deepEqual(fromJson(toJson(input, 'value')), output);
  t.is(toJson({ toJSON: () => undefined }, 'value'), null);
});

test('Postgres keeps the JSON as it is written', async (t) => {
  const { pool } = await emptyDatabase(t);
  await pool.query('create table kept (value json)');
  const input = { b: HOSTILE, a: 1e21, [HOSTILE.join('')]: null };
  const json = toJson(input, 'value') ?? '';
  const sql = 'insert into kept values ($1) returning value::text as json';
  const { rows } = await pool.query<{ json: string }>(sql, [json]);
  t.is(rows[0]?.json, json);
  t.deepEqual(fromJson(rows[0]?.json ?? null), input);
});
