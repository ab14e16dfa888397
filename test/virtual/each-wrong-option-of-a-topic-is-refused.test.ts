import test from 'ava';
import { RatchetError, Virtual } from '../../driver';
import { durableTest } from '../support/durable';

const callback = () => 'fine';

test.serial('engine 13: a wrong option is refused, and what is served stays served', async (t) => {
  const { connection, pool } = await durableTest(t);
  const place = { connection, topic: 'x' };
  await Virtual.connect({ ...place, callback });
  const refused = async (call: Promise<unknown>, option: string) => {
    const error = await t.throwsAsync(call, { instanceOf: RatchetError });
    t.regex(`${error.message} ${error.hint} ${JSON.stringify(error.detail)}`, new RegExp(option));
  };
  const options = { id: 'x', interval: '1h', delay: '1h' };
  const cron = (given: object) => Virtual.cron({ ...place, args: [], options, ...given });
  for (const wrong of [5, null, 'f', {}]) await refused(cron({ callback: wrong }), 'callback');
  await refused(cron({ retry: { maxAttempts: 1 } }), 'maximumAttempts');
  await refused(cron({ callback, retry: null }), 'retry');
  await refused(cron({ guid: 5 }), 'guid');
  for (const maxCycles of ['5', 1.5, 'x', 0, NaN]) {
    await refused(cron({ options: { ...options, maxCycles } }), 'maxCycles');
  }
  for (const interval of ['1h\0', {}, null, Symbol('x')]) {
    await refused(cron({ options: { ...options, interval } }), 'interval');
  }
  for (const flush of ['yes', 1, {}, null]) {
    const call = { ...place, args: [], options: { id: 'y', flush } };
    await refused(Virtual.exec(call as never), 'flush');
  }
  const connect = (given: object) => Virtual.connect({ ...place, callback: () => 'no', ...given });
  await refused(connect({ callback: undefined }), 'callback');
  for (const guid of [5, {}, '']) await refused(connect({ guid }), 'guid');
  for (const logLevel of [5, 'loud']) await refused(connect({ logLevel }), 'log level');
  t.is(await Virtual.exec({ ...place, args: [] }), 'fine');
  t.is((await pool.query('select from ratchet.schedules')).rowCount, 0);
});

test.serial('engine 13: of an option given by both its names the newer one is used', async (t) => {
  const { connection } = await durableTest(t);
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  t.teardown(() => void (process.stderr.write = write));
  const both = { retry: { maximumAttempts: 1 }, retryPolicy: { maximumAttempts: 9 } };
  await Virtual.connect({ connection, connections: connection, topic: 'x', callback, ...both });
  t.true(lines.some((line) => line.includes('Virtual.connect has connection and connections')));
  t.true(lines.some((line) => line.includes('Virtual.connect has retry and retryPolicy')));
});

test.serial('16: on a readonly connection nothing is served', async (t) => {
  const { connection, pool } = await durableTest(t);
  const readonly = { ...connection, readonly: true };
  let ran = 0;
  const place = { connection: readonly, topic: 'ro', callback: () => (ran += 1) };
  t.like(await Virtual.connect(place), { topic: 'ro', namespace: 'hmsh' });
  const options = { id: 'c', interval: '1s', maxCycles: 1 };
  t.true(await Virtual.cron({ ...place, args: [], options }));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  t.is(ran, 0);
  t.is((await pool.query('select from ratchet.schedules')).rowCount, 1);
  const call = { connection: readonly, topic: 'ro', args: [], options: { id: 'e', ttl: '1h' } };
  const answer = Virtual.exec<string>(call);
  await Virtual.connect({ connection, topic: 'ro', callback });
  t.is(await answer, 'fine');
});
