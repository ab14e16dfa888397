import test from 'ava';
import { Client, DatabaseError } from 'pg';
import { isOfStatement } from '../../driver/connection-errors';
import { isOfPart } from '../../driver/engine/lone-parts';
import { isOfOthers, isOfReport } from '../../driver/engine/refusals';
import { isConnectionError, isTransient, RatchetError } from '../../driver/errors';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

test('sockets, ended sessions and what pg says without a code are connection errors', (t) => {
  const codes = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];
  for (const code of [...codes, '57P01', '57P02', '57P03', '08006', '08P01']) {
    t.true(isConnectionError(withCode(code)), code);
    t.false(isTransient(withCode(code)), code);
  }
  const messages = [
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
  ];
  for (const message of messages) t.true(isConnectionError(new Error(message)), message);
});

test('conflicts, locks, full servers and cancels are transient', (t) => {
  for (const code of ['40001', '40P01', '55P03', '53300', '57014']) {
    t.true(isTransient(withCode(code)), code);
    t.false(isConnectionError(withCode(code)), code);
  }
});

test('anything else is neither', (t) => {
  const hostile = new Proxy(new Error('x'), {
    get() {
      throw new Error('no');
    },
  });
  const syntax = new DatabaseError('syntax error', 0, 'error');
  syntax.code = '42601';
  for (const other of [syntax, new RatchetError('WF402', 'x'), hostile, null, 'ECONNRESET', 7]) {
    t.false(isConnectionError(other));
    t.false(isTransient(other));
  }
});

const fromServer = (code: string, more: object = {}) =>
  Object.assign(new DatabaseError('x', 0, 'error'), { code, severity: 'ERROR', ...more });

test('what keeps from a session says nothing of a statement, nor of what it reports', (t) => {
  const outages = [
    fromServer('28P01', { severity: 'FATAL' }),
    fromServer('28000'),
    fromServer('3D000'),
    fromServer('42501', { severity: 'FATAL' }),
    fromServer('57P01'),
    withCode('EMFILE'),
    withCode('CERT_HAS_EXPIRED'),
    new TypeError('fetch failed'),
  ];
  for (const error of outages) {
    t.false(isOfStatement(error), String(Object(error).code));
    t.false(isOfReport(error));
  }
});

test('a statement may be refused for its rights, or for what it reports', (t) => {
  const where = 'PL/pgSQL function ratchet.exchange(bigint,integer) line 5 at RETURN QUERY';
  const denied = fromServer('42501');
  t.true(isOfStatement(denied));
  t.false(isOfReport(denied), 'rights may come back');
  for (const error of [
    fromServer('22P02'),
    fromServer('P0001', { where }),
    fromServer('XX000', { where }),
  ]) {
    t.true(isOfStatement(error));
    t.true(isOfReport(error));
  }
  const opening = 'PL/pgSQL function ratchet_internal.open_exchange(bigint,integer) line 4';
  const late = fromServer('WF404', { where: `${opening}\n${where}` });
  t.false(isOfOthers(new RatchetError('WF404', 'x', { cause: late })), 'only the call is late');
  t.true(isTransient(late));
  const cause = fromServer('WF107', { where });
  t.true(isOfReport(new RatchetError('WF107', 'x', { cause })));
  const ended = fromServer('57P01', { where, severity: 'FATAL' });
  t.false(isOfReport(ended), 'the session ended in the middle of the call');
  t.false(
    isOfPart(fromServer('57P01', { where: opening })),
    'nor is it what the call does for others',
  );
  t.true(isOfReport(new RangeError('Invalid string length')));
});

test('a real refusal is a connection error, over TCP and over a Unix socket', async (t) => {
  for (const host of ['127.0.0.1', 'localhost', '/nonexistent']) {
    const error: unknown = await t.throwsAsync(new Client({ host, port: 1 }).connect());
    t.true(isConnectionError(error), host);
  }
});
