import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

for (const call of ['prune()', 'prune_signals()']) {
  test.serial(`${call} removes the signal that stood for others of its id`, async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    await sql.exchange(worker);
    await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: queue }] });
    await sql.exchange(worker);
    // The wait cannot be answered while somebody may be stopping its job.
    const user = await sql.pool().connect();
    await user.query('begin');
    await user.query('select from ratchet_internal.messages where job_id = $1 for update', [job]);
    for (const text of ['"first"', '"second"']) {
      await sql.rows('select ratchet.signal($1, $2)', [queue, text]);
    }
    await sql.exchange(worker);
    await user.query('rollback');
    user.release();
    await sql.rows(
      `update ratchet_internal.signals set expires_at = sent_at - interval '1 hour'
        where key = $1 and payload #>> '{}' = 'first'`,
      [queue],
    );
    await sql.rows(`select ratchet.${call}`);
    await sql.exchange(await sql.worker(sql.name()));
    t.like(await sql.exchange(worker), [{ kind: 'result', value: '"second"' }]);
  });
}
