import test, { type ExecutionContext } from 'ava';
import { MAX_JSON_BYTES, toJson } from '../../driver/database/json-door';
import { RatchetError } from '../../driver/errors';

function refused(t: ExecutionContext, value: unknown, code: string): RatchetError {
  const error = t.throws(() => toJson(value, 'result of "pay"'), { instanceOf: RatchetError });
  t.is(error.code, code);
  t.regex(error.message, /^The result of "pay" /);
  return error;
}

const circular: Record<string, unknown> = { list: [{}, {}] };
(circular['list'] as Record<string, unknown>[])[1]!['back to'] = circular;

const no = () => {
  throw new Error('my own reason');
};

const PLACES: [string, unknown, RegExp][] = [
  ['a BigInt', { order: { lines: [{ id: 1n }] } }, /a BigInt at \$\.order\.lines\[0\]\.id$/],
  ['a BigInt itself', 1n, /a BigInt at \$$/],
  ['a circle', circular, /an object that contains itself at \$\.list\[1\]\["back to"\]$/],
  ['a function', () => 1, /a function at \$$/],
  ['a function as an argument', ['a', () => 1], /a function at \$\[1\]$/],
  ['a symbol as an argument', [Symbol('s')], /a symbol at \$\[0\]$/],
  ['a toJSON that throws', { a: { toJSON: no } }, /an error \(my own reason\) at \$/],
  [
    'a getter that throws',
    {
      a: 1,
      b: {
        get c() {
          return no();
        },
      },
    },
    /my own reason\) at \$\.b$/,
  ],
];

for (const [name, value, message] of PLACES) {
  test(name, (t) => {
    const error = refused(t, value, 'WF102');
    t.regex(error.message, message);
    t.truthy(error.detail?.['path']);
  });
}

test('the same object twice is no circle', (t) => {
  const twin = { a: 1 };
  t.is(toJson([twin, { twin }, twin], 'value'), '[{"a":1},{"twin":{"a":1}},{"a":1}]');
});

test('a revoked proxy', (t) => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  refused(t, proxy, 'WF102');
});

function nested(levels: number): unknown {
  let value: unknown = 'bottom ]]]] " \\" [[[[';
  for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? [value] : { value };
  return value;
}

test('1,000 levels pass, more do not, and no number of levels breaks the stack', (t) => {
  t.truthy(toJson(nested(1_000), 'value'));
  for (const levels of [1_001, 5_000, 1_000_000]) refused(t, nested(levels), 'WF502');
});

test('brackets inside text are no levels', (t) => {
  t.truthy(toJson(['['.repeat(5_000), { ['{"\\'.repeat(2_000)]: '\\' }], 'value'));
});

test('16 MiB of UTF-8 pass, one byte more does not', (t) => {
  t.truthy(toJson('x'.repeat(MAX_JSON_BYTES - 2), 'value'));
  refused(t, 'x'.repeat(MAX_JSON_BYTES - 1), 'WF501');
  refused(t, '€'.repeat(MAX_JSON_BYTES / 3), 'WF501');
});
