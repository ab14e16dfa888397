import test from 'ava';
import fc from 'fast-check';
import * as Errors from '../../driver/durable/errors';
import { deserializeError, serializeError } from '../../driver/durable/serialized-error';

const no = (): never => {
  throw new Error('no');
};
const TRAPS = { get: no, has: no, ownKeys: no, getPrototypeOf: no, getOwnPropertyDescriptor: no };

test('hostile values give a message', (t) => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const inspecting = { [Symbol.for('nodejs.util.inspect.custom')]: no };
  const getter = Object.defineProperty(new Error('x'), 'message', { get: no });
  const hostile = [circular, revoked, inspecting, getter, new Proxy({}, TRAPS)];
  const odd = [null, undefined, 1n, Symbol('s'), () => 1, {}, [], Object.create(null), NaN];
  for (const value of [...hostile, ...odd, new Proxy(() => 1, TRAPS)]) {
    const stored = serializeError(value);
    t.is(typeof stored.message, 'string');
    t.notThrows(() => JSON.stringify(stored));
    t.true(deserializeError(stored) instanceof Error);
  }
});

test('any value whatever is stored, and comes back an Error with that message', (t) => {
  const withFields = fc.record({
    message: fc.anything(),
    code: fc.anything(),
    stack: fc.anything(),
    name: fc.anything(),
    type: fc.anything(),
  });
  const text = fc.string({ unit: 'binary', maxLength: 50 });
  const any = fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), withFields);
  fc.assert(
    fc.property(
      fc.oneof(
        any,
        text.map((message) => new Error(message)),
      ),
      (thrown) => {
        const stored = JSON.parse(JSON.stringify(serializeError(thrown))) as { message: string };
        t.notRegex(stored.message, /[\0\ud800-\udfff]/u);
        t.is(deserializeError(stored).message, stored.message);
      },
    ),
  );
  t.pass();
});

test('only a numeric code is kept', (t) => {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  t.false('code' in serializeError(refused));
  t.is(serializeError(Object.assign(new Error('x'), { code: 404 })).code, 404);
  t.false('code' in serializeError({ message: 'x', code: NaN }));
});

test('text that a column cannot take is replaced, and endless text is cut', (t) => {
  t.is(serializeError(new Error('a\0b\ud800c😀')).message, 'a\ufffdb\ufffdc😀');
  t.true(serializeError(new Error('x'.repeat(1e6))).message.length < 1e5);
});

test('our errors come back as their classes', (t) => {
  const round = (error: unknown) => deserializeError(serializeError(error));
  for (const name of ['Timeout', 'Maxed', 'Fatal', 'Retry'] as const) {
    const error = new Errors[`Durable${name}Error`]('stop', 'Error: stop\n    at pay (pay.ts:1:1)');
    const back = round(error);
    t.true(back instanceof Errors[`Durable${name}Error`]);
    t.is(back.message, 'stop');
    t.is(back.stack, error.stack);
  }
  t.true(Errors.isCancellation(round(new Errors.CancelledFailure())));
  const duplicate = round(new Errors.DuplicateJobError('a: b'));
  t.is(duplicate instanceof Errors.DuplicateJobError && duplicate.jobId, 'a: b');
  t.is(duplicate.message, 'Duplicate job: a: b');
  t.is(round(new Errors.GetStateError('a')).message, 'a Not Found');
});

test('any other comes back as an Error with its code', (t) => {
  const back = deserializeError({ message: 'gone', code: 410, stack: 's', type: 'Whatever' });
  t.is(back.constructor, Error);
  t.like(back, { message: 'gone', code: 410, stack: 's' });
  for (const nothing of [null, undefined, 7, {}, []]) t.is(deserializeError(nothing).message, '');
});
