import test from 'ava';
import fc from 'fast-check';
import { durationMs, durationSeconds, type Duration } from '../../driver/duration';
import { RatchetError } from '../../driver/errors';

const CASES: [Duration, number][] = [
  ['5 seconds', 5_000],
  ['2 minutes', 120_000],
  ['1 hour', 3_600_000],
  ['60s', 60_000],
  ['1m', 60_000],
  ['500ms', 500],
  ['30 days', 2_592_000_000],
  ['1w', 604_800_000],
  ['1y', 31_557_600_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['90', 90],
  [' 10 Sec ', 10_000],
  ['0', 0],
  [0, 0],
  [1_500.4, 1_500],
];

for (const [duration, ms] of CASES) {
  test(`${JSON.stringify(duration)} is ${ms} ms`, (t) => t.is(durationMs(duration), ms));
}

test('zero has no sign', (t) => t.is(durationMs(-0), 0));

test('a number of seconds stays one; text is text', (t) => {
  t.is(durationSeconds(60), 60);
  t.is(durationSeconds(0.25), 0.25);
  t.is(durationSeconds('2 minutes'), 120);
  t.is(durationSeconds('500ms'), 0.5);
});

const WRONG = [
  ...['', ' ', 'soon', '5 parsecs', '-5s', '5 seconds ago', '1h 30m', '1e3', '5.', '0x10', 'NaN'],
  ...['s', '1 000 s', '285421y', '9'.repeat(400), NaN, Infinity, -1, 2 ** 53],
  ...([null, undefined, {}, [], true, 5n, Symbol('s')] as unknown[] as string[]),
];

for (const [i, wrong] of WRONG.entries()) {
  test(`${i}: ${typeof wrong} ${String(wrong).slice(0, 30)} is refused`, (t) => {
    for (const parse of [durationMs, durationSeconds]) {
      const error = t.throws(() => parse(wrong, 'interval'), { instanceOf: RatchetError });
      t.is(error.code, 'WF103');
      t.regex(error.message, /^Invalid interval /);
      t.regex(String(error.hint), /'5 seconds'/);
    }
  });
}

test('the message names the text', (t) => {
  const error = t.throws(() => durationMs('5 parsecs'), { instanceOf: RatchetError });
  t.regex(error.message, /"5 parsecs": "parsecs" is no unit/);
});

test('any text is a safe whole number of milliseconds or WF103', (t) => {
  const unit = fc.constantFrom('', 'ms', 's', 'm', 'h', 'd', 'w', 'y', ' weeks', 'x');
  const likely = fc.tuple(fc.float(), unit).map(([n, u]) => `${n}${u}`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), likely, fc.double()), (value) => {
      try {
        const ms = durationMs(value);
        t.true(Number.isSafeInteger(ms) && ms >= 0);
      } catch (error) {
        t.is(error instanceof RatchetError && error.code, 'WF103');
      }
    }),
  );
  t.pass();
});
