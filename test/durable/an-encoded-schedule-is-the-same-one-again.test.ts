import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const terms = { scheduleId: 'report', workflow: 'report', args: ['daily'], cron: '30 8 * * *' };

const WAITS = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;

/** Encrypts with a vector of its own each time: the same text is never written twice. */
function encrypting(key = randomBytes(32)) {
  return {
    encode(json: string): string {
      const vector = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, vector);
      const text = Buffer.concat([cipher.update(json), cipher.final()]);
      return Buffer.concat([vector, cipher.getAuthTag(), text]).toString('base64');
    },
    decode(text: string): string {
      const bytes = Buffer.from(text, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28)).toString() + decipher.final().toString();
    },
  };
}

test.afterEach.always(() => Durable.registerCodec(null));

test.serial('created again it stays as it is, other arguments are refused', async (t) => {
  const { client, pool } = await durableTest(t);
  const { schedule } = client;
  Durable.registerCodec(encrypting());
  const next = await schedule.create(terms);
  const stored = async () => {
    const { rows } = await pool.query('select input::text as text from ratchet.schedules');
    return rows.map(({ text }) => text as string);
  };
  const [kept] = await stored();
  t.notRegex(kept ?? '', /daily/);
  t.deepEqual(await schedule.create(terms), next);
  const tx = await pool.connect();
  await tx.query('begin');
  t.deepEqual(await schedule.create({ ...terms, tx }), next);
  await tx.query('commit');
  tx.release();
  t.deepEqual(await stored(), [kept]);
  await t.throwsAsync(schedule.create({ ...terms, args: ['weekly'] }), { code: 'WF306' });
  await t.throwsAsync(schedule.create({ ...terms, args: undefined }), { code: 'WF306' });
  await t.throwsAsync(schedule.create({ ...terms, cron: '@daily' }), { code: 'WF306' });
  // Whoever cannot read the arguments cannot tell that they are the same.
  Durable.registerCodec(encrypting());
  await t.throwsAsync(schedule.create(terms), { code: 'WF306' });
});

test.serial('programs that create it at once all find it', async (t) => {
  const { client } = await durableTest(t);
  Durable.registerCodec(encrypting());
  await client.schedule.list(); // the connection is there
  const programs = Array.from({ length: 8 }, () => client.schedule.create(terms));
  t.is(new Set((await Promise.all(programs)).map(Number)).size, 1);
});

test.serial('transactions that create it at once both keep it', async (t) => {
  const { client, pool } = await durableTest(t);
  Durable.registerCodec(encrypting());
  const [first, second] = [await pool.connect(), await pool.connect()];
  await first.query('begin');
  await second.query('begin');
  await second.query('create table written_before ()');
  const next = await client.schedule.create({ ...terms, tx: first });
  const waiting = client.schedule.create({ ...terms, tx: second });
  await waitFor('the second waits for the first', async () => {
    const { rows } = await pool.query(WAITS);
    return rows.length > 0;
  });
  await first.query('commit');
  t.deepEqual(await waiting, next);
  // Another one is refused as ever, and ends the transaction.
  const other = { ...terms, args: ['weekly'], tx: second };
  await t.throwsAsync(client.schedule.create(other), { code: 'WF306' });
  await t.throwsAsync(second.query('select 1'), { code: '25P02' });
  await second.query('rollback');
  // What is given as tx may also commit each statement by itself.
  t.deepEqual(await client.schedule.create({ ...terms, scheduleId: 'own', tx: second }), next);
  for (const each of [first, second]) each.release();
});

test.serial('one that was created before there was a codec is the same, too', async (t) => {
  const { client } = await durableTest(t);
  const none = { ...terms, scheduleId: 'none', args: undefined };
  const next = [await client.schedule.create(terms), await client.schedule.create(none)];
  Durable.registerCodec(encrypting());
  t.deepEqual([await client.schedule.create(terms), await client.schedule.create(none)], next);
  t.deepEqual(await client.schedule.create({ ...none, args: [] }), next[1]);
});
