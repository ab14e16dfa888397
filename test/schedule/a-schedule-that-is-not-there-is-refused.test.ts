import test from 'ava';
import { codeOf, engine } from '../support/engine';

const sql = engine();

/** What becomes of each call about a schedule that is not there. */
async function refusals(): Promise<Record<string, string>> {
  const codes: Record<string, string> = {};
  for (const name of ['pause', 'resume', 'trigger', 'alter']) {
    codes[name] = await codeOf(sql.rows(`select ratchet.${name}_schedule('none')`));
  }
  return codes;
}

const ALL = { pause: 'WF203', resume: 'WF203', trigger: 'WF203', alter: 'WF203' };

test.serial('where there are no schedules, where all rest, and where one is active', async (t) => {
  t.deepEqual(await refusals(), ALL);
  await sql.rows(`select ratchet.create_schedule('one', 'tick', '@daily', p_paused => true)`);
  t.deepEqual(await refusals(), ALL);
  await sql.rows(`select ratchet.resume_schedule('one')`);
  t.deepEqual(await refusals(), ALL);
  t.false(await sql.value(`select ratchet.delete_schedule('none')`));
});

test.serial('one that is paused again stays as it was', async (t) => {
  const row = () => sql.rows(`select * from ratchet.schedules where key = 'one'`);
  await sql.rows(`select ratchet.pause_schedule('one')`);
  const [paused] = await row();
  t.true(paused?.['is_paused']);
  await sql.rows(`select ratchet.pause_schedule('one')`);
  t.deepEqual(await row(), [paused ?? {}]);
});
