import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();
const FORM = 'a message has one of six forms';

// kind, position, workflow, key, whether a worker holds it
const WRONG: [string, number, string, string | null, boolean][] = [
  ['other', 1, 'w', null, false],
  ['turn', 1, 'w', null, false],
  ['timer', 0, 'w', null, false],
  ['result', 0, 'w', null, false],
  ['activity', 1, 'w', null, false],
  ['timer', 1, '', null, false],
  ['wait', 1, 'w', null, false],
  ['child', 1, 'w', null, false],
  ['timer', 1, 'w', 'k', false],
  ['timer', 1, 'w', null, true],
  ['wait', 1, 'w', 'k', true],
];

test.serial('each part of a form is looked at', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, sql.name());
  for (const [kind, position, workflow, key, isHeld] of WRONG) {
    await sql.rows(
      `insert into ratchet_internal.messages
        (job_id, address, due_at, worker_id, position, kind, namespace, queue, workflow, key)
      values ($1, 'h9', now(), $2, $3, $4, 'durable', $5, $6, $7)`,
      [job, isHeld ? worker : null, position, kind, queue, workflow, key],
    );
    const rules = await sql.rows('select rule from ratchet.check_invariants() where job_id = $1', [
      job,
    ]);
    t.true(
      rules.some(({ rule }) => rule === FORM),
      `${kind} ${position}`,
    );
    await sql.rows(`delete from ratchet_internal.messages where address = 'h9'`);
  }
});
