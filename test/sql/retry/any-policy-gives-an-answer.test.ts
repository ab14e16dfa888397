import test from 'ava';
import fc from 'fast-check';
import { engine } from '../../support/engine';

const sql = engine();

const delay = (policy: unknown, failures: number) =>
  sql.value<number>(
    `select extract(epoch from ratchet_internal.retry_delay($1, $2))::float8 * 1000`,
    [policy === undefined ? null : JSON.stringify(policy), failures],
  );
const isRetried = (policy: unknown, executions: number, code: number | null = null) =>
  sql.value<boolean>('select ratchet_internal.is_retried($1, $2, $3)', [
    ...[policy === undefined ? null : JSON.stringify(policy), executions, code],
  ]);

test.serial(
  'the delay is the initial one times the coefficient to the power, up to the maximum',
  async (t) => {
    const policy = { initialInterval: 100, backoffCoefficient: 2, maximumInterval: 1000 };
    t.deepEqual(
      await Promise.all([0, 1, 2, 3, 4, 5, 1000].map((failures) => delay(policy, failures))),
      [100, 200, 400, 800, 1000, 1000, 1000],
    );
    t.deepEqual(
      await Promise.all([1, 2, 3].map((failures) => delay(undefined, failures))),
      [10_000, 100_000, 120_000],
    );
    t.is(
      await delay({ initialInterval: 1, backoffCoefficient: 1.001, maximumInterval: 9 }, 800),
      Math.round(1000 * 1.001 ** 800) / 1000,
    );
    t.is(await delay({ initialInterval: 0 }, 3), 0);
  },
);

test.serial('n attempts allow n + 1 executions; some codes allow no other', async (t) => {
  t.deepEqual(await Promise.all([1, 2, 3, 4].map((n) => isRetried({ maximumAttempts: 2 }, n))), [
    ...[true, true, false, false],
  ]);
  t.deepEqual(await Promise.all([3, 4].map((n) => isRetried(undefined, n))), [true, false]);
  t.deepEqual(await Promise.all([596, 597, 598, 599].map((c) => isRetried({}, 1, c))), [
    ...[false, false, false, true],
  ]);
  t.false(await isRetried({ maximumAttempts: 0 }, 1));
});

test.serial('any policy whatever gives a delay in range and a yes or no', async (t) => {
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom(1e308, -1e308, 5e-324, 1e99, 1e-99, 0, -0),
  );
  const field = fc.oneof(
    number,
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.string(),
  );
  const names = ['maximumAttempts', 'initialInterval', 'backoffCoefficient', 'maximumInterval'];
  const object = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), field);
  const policy = fc.oneof(object, fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(policy, fc.integer(), fc.integer(), async (given, failures, code) => {
      const milliseconds = await delay(given, failures);
      const verdict = await isRetried(given, failures, code);
      return milliseconds >= 0 && milliseconds <= 1e13 && typeof verdict === 'boolean';
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

test.serial('numbers that JavaScript cannot write give an answer too', async (t) => {
  for (const text of [
    '1e999999',
    '-1e999999',
    '1e-999999',
    '9'.repeat(400),
    '0.' + '1'.repeat(400),
  ]) {
    for (const name of ['maximumAttempts', 'initialInterval', 'backoffCoefficient']) {
      const values = [`{"${name}": ${text}}`];
      t.is(
        typeof (await sql.value('select ratchet_internal.is_retried($1, 1, null)', values)),
        'boolean',
      );
      t.truthy(await sql.value('select ratchet_internal.retry_delay($1, 2)', values));
    }
  }
});

test.serial('fields are read beside hostile text, whatever is escaped around it', async (t) => {
  const hostile = [
    '\\u0000',
    '\\ud800',
    '\\udc00',
    '\\\\u0000',
    '\\\\\\u0000',
    '\\ud83d\\ude00',
    '\\ud800\\ud800\\udc00',
    '\\"\\\\',
    '\\ud800\\u0000\\udc00',
  ];
  for (const text of hostile) {
    const policy = `{"a${text}": "${text}${text}", "maximumAttempts": 7, "b": ["${text}"]}`;
    const number = `select ratchet_internal.number_of($1, 'maximumAttempts', 0)`;
    t.is(await sql.value(number, [policy]), 7, text);
  }
});
