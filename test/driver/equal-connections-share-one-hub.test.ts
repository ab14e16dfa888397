import test from 'ava';
import { Client, Pool, type ClientConfig } from 'pg';
import { closeHubs, hubOf } from '../../driver/engine/hub';

// Nothing here connects.
test.after.always(() => closeHubs(0));

const hub = (options: ClientConfig & Record<string, unknown>) => hubOf({ class: Client, options });
const tls = (key: string, more: object = {}) => ({ host: 'tls', ssl: { key, cert: 'c', ...more } });

test('the same options are one connection, also after pg has hidden the key in them', (t) => {
  const options = tls('same');
  const first = hub(options);
  t.deepEqual(Object.keys(options.ssl), ['cert'], 'it is hidden');
  t.is(hub(options), first);
  t.is(hub(options), first);
  t.is(hub(tls('same')), first, 'where it is not hidden');
  t.is(hub({ ...options, port: undefined }), first);
  t.is(hub({ ssl: options.ssl, host: 'tls' }), first, 'in another order');
});

test('another key is another login, hidden or not', (t) => {
  const [one, other] = [tls('one'), tls('other')];
  const hubs = [hub(one), hub(other), hub(one), hub(other)];
  t.is(hubs[0], hubs[2]);
  t.is(hubs[1], hubs[3]);
  t.not(hubs[0], hubs[1]);
});

test('functions are equal where they are the same', (t) => {
  const [one, other] = [() => 'one', () => 'other'];
  const first = hub({ host: 'f', password: one });
  t.is(hub({ host: 'f', password: one }), first);
  t.not(hub({ host: 'f', password: other }), first);
  t.not(hub({ host: 'f' }), first);
  const checked = hub(tls('f', { checkServerIdentity: one }));
  t.is(hub(tls('f', { checkServerIdentity: one })), checked);
  t.not(hub(tls('f', { checkServerIdentity: other })), checked);
});

test('certificates are compared byte by byte, and lists one by one', (t) => {
  const first = hub(tls('b', { ca: [Buffer.from('a'), 'b'] }));
  t.is(hub(tls('b', { ca: [Buffer.from('a'), 'b'] })), first);
  t.not(hub(tls('b', { ca: [Buffer.from('b'), 'b'] })), first);
  t.not(hub(tls('b', { ca: [Buffer.from('a')] })), first);
  t.not(hub(tls('b', { ca: '["a","b"]' })), first);
});

test('what is made of a class is equal to itself, whatever it refers to', (t) => {
  class Context {
    readonly self = this;
  }
  const [one, other] = [new Context(), new Context()];
  const first = hub(tls('c', { secureContext: one }));
  t.is(hub(tls('c', { secureContext: one })), first);
  t.not(hub(tls('c', { secureContext: other })), first);
});

test('a pool is a connection of its own', async (t) => {
  const options = { host: 'p' };
  const [one, other] = [new Pool(options), new Pool(options)];
  t.is(hubOf({ class: one }), hubOf({ class: one, options: { host: 'ignored' } }));
  t.not(hubOf({ class: one }), hubOf({ class: other }));
  t.not(hubOf({ class: one }), hub(options));
});

test('options of a class are what they hold', (t) => {
  class Options {
    readonly [name: string]: unknown;
    constructor(readonly host: string) {}
  }
  t.is(hub(new Options('o')), hub({ host: 'o' }));
  t.not(hub(new Options('o')), hub(new Options('p')));
});

test('options that are undefined are as those left out: the limits of the driver count', (t) => {
  const open = { connectionTimeoutMillis: undefined, query_timeout: undefined };
  const { pool } = hub({ host: 'limits', ...open }).database;
  t.is(pool.options.connectionTimeoutMillis, 10_000);
  t.is(pool.options.query_timeout, 60_000);
  const own = hub({ host: 'limits', connectionTimeoutMillis: 0, query_timeout: 1 }).database.pool;
  t.is(own.options.connectionTimeoutMillis, 0);
  t.is(own.options.query_timeout, 1);
});
