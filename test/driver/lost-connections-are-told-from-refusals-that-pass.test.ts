import test from 'ava';
import { Client, DatabaseError } from 'pg';
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

test('a real refusal is a connection error, over TCP and over a Unix socket', async (t) => {
  for (const host of ['127.0.0.1', 'localhost', '/nonexistent']) {
    const error: unknown = await t.throwsAsync(new Client({ host, port: 1 }).connect());
    t.true(isConnectionError(error), host);
  }
});
