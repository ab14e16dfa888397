import test from 'ava';
import { leaveDeadRows } from '../../support/dead-rows';
import { engine } from '../../support/engine';
import { PageMeter } from '../../support/page-meter';
import { keepStatistics } from '../../support/statistics';

const sql = engine();
/** A call goes through indexes and does little else; each has a level or two more. */
const MOST_TIMES = 2;
/** What came of the lives before. */
const MOST_MORE = 20;
const JOBS = 20_000;

/** So many messages seem to be all that there are when plans are made. */
const ALIVE = [0, 5, 50];

test('plans made among dead rows pass by none of them, while a snapshot keeps them', async (t) => {
  const client = await sql.pool().connect();
  const holder = await sql.pool().connect();
  t.teardown(() => {
    client.release();
    holder.release(true);
  });
  await keepStatistics(sql);
  const few = await new PageMeter(sql, client, sql.name()).measure('few');
  await holder.query('begin isolation level repeatable read');
  await holder.query('select 1');
  await leaveDeadRows(sql, JOBS);
  for (const alive of ALIVE) {
    for (let i = 0; i < alive; i += 1) await sql.start('elsewhere', `${alive}-${i}`);
    await sql.rows('analyze ratchet_internal.messages');
    const many = await new PageMeter(sql, client, sql.name()).measure(`beside-${alive}`);
    for (const [call, read] of Object.entries(many)) {
      const least = few[call] ?? 0;
      t.true(read <= MOST_TIMES * least + MOST_MORE, `${call} beside ${alive}: ${least} → ${read}`);
    }
  }
});
