import test from 'ava';
import { DatabaseError } from 'pg';
import { fromPg, RatchetError } from '../../driver/errors';

function pgError(fields: Partial<DatabaseError>): DatabaseError {
  return Object.assign(new DatabaseError('no such job', 0, 'error'), fields);
}

test('code, message, detail and hint are taken over', (t) => {
  const cause = pgError({ code: 'WF201', detail: '{"job": "a", "n": 1}', hint: 'Look again.' });
  const error = fromPg(cause);
  t.true(error instanceof RatchetError);
  if (!(error instanceof RatchetError)) return;
  t.is(error.code, 'WF201');
  t.is(error.message, 'no such job');
  t.deepEqual(error.detail, { job: 'a', n: 1 });
  t.is(error.hint, 'Look again.');
  t.is(error.cause, cause);
});

test('detail that is not a JSON object is kept as text', (t) => {
  for (const detail of ['Key (id)=(1) exists.', '[1]', 'null', '"x"']) {
    const error = fromPg(pgError({ code: 'WF901', detail }));
    t.deepEqual(error instanceof RatchetError && error.detail, { text: detail });
  }
  const error = fromPg(pgError({ code: 'WF901' }));
  t.is(error instanceof RatchetError ? error.detail : null, undefined);
});

test('everything else comes back as it is', (t) => {
  const others = [
    pgError({ code: '23505' }),
    pgError({ code: 'WF2010' }),
    new RatchetError('WF201', 'x'),
    new Error('x'),
    { code: 'WF201' },
    'WF201',
    null,
    undefined,
  ];
  for (const other of others) t.is(fromPg(other), other);
});
