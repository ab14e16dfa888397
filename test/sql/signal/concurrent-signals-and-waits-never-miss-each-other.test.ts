import test from 'ava';
import { engine, type Plan } from '../../support/engine';
import { seeded } from '../../support/seed';

const sql = engine();
const DURATION_MS = 2_000;
const KEYS = 12;

// Four workers register waits and four clients send signals for the same few ids, as fast as they
// can, some waits with short timeouts, some jobs terminated. In the end each accepted signal was
// consumed once or is still there, and no wait stands beside a signal that could answer it.
test.serial('in two seconds of random pairs', async (t) => {
  const random = seeded(t);
  const queue = sql.name();
  const until = performance.now() + DURATION_MS;
  const key = () => `${queue}-${random.below(KEYS)}`;
  let sent = 0;
  let waits = 0;
  const got: string[] = [];
  const workers = await Promise.all([1, 2, 3, 4].map(() => sql.worker(queue)));

  /** Takes work, and registers the waits of new jobs. */
  async function take(worker: string, plans: Plan[] = []): Promise<number> {
    const work = await sql.exchange(worker, { turns: 5, ...(plans.length > 0 && { plans }) });
    const next: Plan[] = [];
    for (const { kind, is_failed: isTimeout, value, job_id: job } of work) {
      if (kind === 'result' && !isTimeout) got.push(value ?? '');
      if (kind !== 'start') continue;
      waits += 1;
      const delay = random.below(3) === 0 ? { delay: random.below(20) } : {};
      next.push({ job, position: 1, kind: 'wait', name: key(), ...delay });
    }
    return next.length === 0 ? work.length : work.length + (await take(worker, next));
  }
  async function work(worker: string) {
    while (performance.now() < until) await take(worker);
  }
  async function start(side: number) {
    for (let index = 0; performance.now() < until; index += 1) {
      const id = `${queue}-${side}-${index}`;
      await sql.start(queue, id);
      if (random.below(10) === 0) await sql.rows('select ratchet.terminate($1)', [id]);
    }
  }
  async function signal() {
    while (performance.now() < until) {
      sent += 1;
      await sql.rows('select ratchet.signal($1, $2)', [key(), `${sent}`]);
    }
  }
  const loops = [...workers.map(work), start(1), start(2), signal(), signal()];
  await Promise.all(loops);
  for (const worker of workers) while ((await take(worker)) > 0);
  for (const worker of workers) while ((await take(worker)) > 0);
  t.log(`${waits} waits, ${sent} signals, ${got.length} deliveries`);
  t.true(got.length > 100);
  t.is(new Set(got).size, got.length, 'no signal is delivered twice');
  const [left] = await sql.rows(`select
    (select count(*)::int from ratchet_internal.signals) as signals,
    (select count(*)::int from ratchet_internal.messages m join ratchet_internal.signals s
      using (key, namespace) where m.kind = 'wait') as missed,
    (select count(distinct value)::int from ratchet.jobs_attributes) as consumed,
    (select count(value)::int from ratchet.jobs_attributes a join ratchet.jobs j on j.id = a.job_id
      where j.status > 0) as consumed_by_running`);
  t.is(left?.['missed'], 0);
  t.is(left?.['consumed'] + left?.['signals'], sent, 'each signal was consumed once, or is there');
  t.true(got.length >= left?.['consumed_by_running'], 'each running job was told');
});
