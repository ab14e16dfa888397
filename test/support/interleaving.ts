import type { PoolClient } from 'pg';
import { codeOf, exchange, type engine, type Report } from './engine';

type Sql = ReturnType<typeof engine>;
type Seat = 'above' | 'holder' | 'remote' | 'below' | 'other';
type Member = 'parent' | 'job' | 'child';

/**
 * A job with a parent and a child, a worker at each of them, and one open step of each kind.
 * `other` serves the job's workflow as well, and holds nothing.
 */
export interface Scene {
  name: string;
  ids: Record<Member, string>;
  workers: Record<Seat, string>;
}

const SIGNAL = 's';
const KINDS = ['activity', 'wait', 'sleep', 'child'] as const;
const LEASE_SECONDS = 30;
/** Room of a call that only reports. */
const NONE = { turns: 0, activities: 0 };

export async function openScene(sql: Sql): Promise<Scene> {
  const name = sql.name();
  const of = (suffix: string) => `${name}-${suffix}`;
  const worker = (suffix: string, isRemote = false) =>
    sql.worker(of(suffix), isRemote ? null : of(suffix), LEASE_SECONDS);
  const workers = {
    above: await worker('parent'),
    holder: await worker('job'),
    remote: await worker('remote', true),
    below: await worker('child'),
    other: '',
  };
  const idOf = (member: Member) =>
    sql.value<string>('select id from ratchet.jobs where key = $1', [of(member)]);
  const child = (member: Member) => ({
    ...{ kind: 'child', name: of(member), input: [] },
    options: { id: of(member), queue: of(member) },
  });
  const parent = await sql.start(of('parent'), of('parent'));
  await sql.exchange(workers.above);
  await sql.exchange(workers.above, {
    ...NONE,
    plans: [{ job: parent, position: 1, ...child('job') }],
  });
  await sql.exchange(workers.holder);
  const job = await idOf('job');
  await sql.exchange(workers.holder, {
    ...NONE,
    plans: [
      { job, position: 1, kind: 'activity', queue: of('remote') },
      { job, position: 2, kind: 'wait', name: of(SIGNAL) },
      { job, position: 3, kind: 'sleep', delay: 3_600_000, input: 1 },
      { job, position: 4, ...child('child') },
    ],
  });
  await sql.exchange(workers.remote);
  await sql.exchange(workers.below);
  await sql.rows(
    `update ratchet_internal.messages set due_at = ratchet_internal.now()
      where job_id = $1 and position = 3`,
    [job],
  );
  workers.other = await worker('job');
  return { name, ids: { parent, job, child: await idOf('child') }, workers };
}

/** A call by one of those who may meet at the job, on a connection of its own. */
export type Call = (scene: Scene, on: PoolClient) => Promise<unknown>;

function reports(seat: Seat, report: (scene: Scene) => Report): Call {
  return (scene, on) => exchange(on, scene.workers[seat], { ...NONE, ...report(scene) });
}

const takes = (seat: Seat): Call => reports(seat, () => ({ turns: 10, activities: 10 }));
const ends = (seat: Seat, member: Member): Call =>
  reports(seat, ({ ids }) => ({ ends: [{ job: ids[member], result: seat }] }));
const answers = (failed: boolean): Call =>
  reports('remote', ({ ids: { job } }) => ({
    reports: [{ job, position: 1, attempt: 1, failed, value: failed ? { message: 'no' } : 7 }],
  }));
const statement =
  (text: string, values: (scene: Scene) => unknown[]): Call =>
  (scene, on) =>
    on.query(text, values(scene));

const lapse = `update ratchet_internal.workers
  set expires_at = ratchet_internal.now() - interval '1 second' where id = $1`;

export const CALLS: Record<string, Call> = {
  'the job ends': ends('holder', 'job'),
  'the parent ends': ends('above', 'parent'),
  'the child ends': ends('below', 'child'),
  'steps are planned': reports('holder', ({ name, ids: { job } }) => ({
    plans: [
      { job, position: 5, kind: 'activity', queue: `${name}-remote` },
      { job, position: 6, kind: 'await', options: { id: `${name}-child` } },
    ],
  })),
  'a step is recorded': reports('holder', ({ ids: { job } }) => ({
    steps: [{ job, position: 7, value: 1, delivery: 1 }],
  })),
  'the function hears of a cancellation': reports('holder', ({ ids }) => ({
    steps: [{ job: ids.job, address: '#cancel', position: 1, kind: 'cancel', input: [1, 2, 3, 4] }],
  })),
  'the function fails': reports('holder', ({ ids: { job } }) => ({
    failures: [{ job, error: { message: 'broken' } }],
  })),
  'the holder takes': takes('holder'),
  'the parent takes': takes('above'),
  'another takes': takes('other'),
  'the activity succeeds': answers(false),
  'the activity fails': answers(true),
  'a signal is sent': statement('select ratchet.signal($1, $2)', ({ name }) => [
    ...[`${name}-${SIGNAL}`, '"sent"'],
  ]),
  'the job is cancelled': statement('select ratchet.cancel($1)', ({ name }) => [`${name}-job`]),
  'the parent is cancelled': statement('select ratchet.cancel($1)', ({ name }) => [
    `${name}-parent`,
  ]),
  'the job is terminated': statement(
    'select ratchet.terminate($1, p_suppress => true)',
    ({ name }) => [`${name}-job`],
  ),
  'the parent is terminated': statement(
    'select ratchet.terminate($1, p_suppress => true)',
    ({ name }) => [`${name}-parent`],
  ),
  'the child is terminated': statement(
    'select ratchet.terminate($1, p_suppress => true)',
    ({ name }) => [`${name}-child`],
  ),
  'a hook is started': statement(`select ratchet.hook($1, $2, '[]', $2)`, ({ name }) => [
    `${name}-job`,
    `${name}-hook`,
  ]),
  'the turn is evicted': statement('select ratchet.evict($1, $2, $3)', ({ ids, workers }) => [
    ...[workers.holder, [ids.job], [0]],
  ]),
  'the holder leaves': statement('select ratchet.unregister_worker($1)', ({ workers }) => [
    workers.holder,
  ]),
  'the remote worker leaves': statement('select ratchet.unregister_worker($1)', ({ workers }) => [
    workers.remote,
  ]),
  'the holder is lost': async (scene, on) => {
    await on.query(lapse, [scene.workers.holder]);
    await takes('other')(scene, on);
  },
};

const job = (member: Member): Lock => [
  'select from ratchet.jobs where id = $1 for update',
  ({ ids }) => [ids[member]],
];
const message = (member: Member, position: number): Lock => [
  'select from ratchet_internal.messages where job_id = $1 and position = $2 for update',
  ({ ids }) => [ids[member], position],
];
const worker = (seat: Seat): Lock => [
  'select from ratchet_internal.workers where id = $1 for update',
  ({ workers }) => [workers[seat]],
];

/** A row that a third session locks, so that a call stops where it needs it. */
export type Lock = [text: string, values: (scene: Scene) => unknown[]];

export const LOCKS: Record<string, Lock> = {
  ...Object.fromEntries(
    (['parent', 'job', 'child'] as const).flatMap((member) => [
      [member, job(member)],
      [`turn of the ${member}`, message(member, 0)],
    ]),
  ),
  'step of the parent': message('parent', 1),
  ...Object.fromEntries(KINDS.map((kind, at) => [`${kind} of the job`, message('job', at + 1)])),
  ...Object.fromEntries(
    (['holder', 'remote', 'below', 'above'] as const).map((seat) => [seat, worker(seat)]),
  ),
};

/** Whether a call has ended, or waits for a lock. */
async function restOf(sql: Sql, on: PoolClient, call: Promise<unknown>): Promise<'over' | 'held'> {
  let isOver = false;
  void call.finally(() => (isOver = true));
  const { processID: pid } = on as unknown as { processID: number };
  const text = `select wait_event_type = 'Lock' from pg_stat_activity where pid = $1`;
  for (;;) {
    if (isOver) return 'over';
    if ((await sql.value<boolean | null>(text, [pid])) === true) return 'held';
  }
}

/** Two calls of which the first, if it needs a row, waits for it while the second runs. */
export async function interleave(
  sql: Sql,
  scene: Scene,
  [first, second]: [Call, Call],
  lock: Lock,
  [a, b, holder]: [PoolClient, PoolClient, PoolClient],
): Promise<{ codes: string[]; isHeld: boolean }> {
  await holder.query('begin');
  const [text, values] = lock;
  await holder.query(text, values(scene));
  const one = codeOf(first(scene, a));
  const isHeld = (await restOf(sql, a, one)) === 'held';
  if (!isHeld) await holder.query('rollback');
  const two = codeOf(second(scene, b));
  if (isHeld) {
    await restOf(sql, b, two);
    await holder.query('rollback');
  }
  return { codes: await Promise.all([one, two]), isHeld };
}

/** What is left when everybody has taken what there is: without times and numbers. */
export async function outcomeOf(sql: Sql, scene: Scene): Promise<string> {
  const { name, ids, workers } = scene;
  // What was locked when its worker went comes free a second later.
  await sql.rows(
    `update ratchet_internal.workers set expires_at = ratchet_internal.now() - interval '1 second'
      where id = any ($1) and is_lost`,
    [Object.values(workers)],
  );
  const client = await sql.pool().connect();
  for (let round = 0; round < 3; round += 1) {
    for (const worker of Object.values(workers)) {
      // A session that has looked slowly would begin its look late.
      await client.query('reset all');
      await codeOf(exchange(client, worker));
    }
  }
  client.release();
  const jobs = Object.values(ids);
  const seats = JSON.stringify(Object.fromEntries(Object.entries(workers).map((e) => e.reverse())));
  const found = await sql.rows(
    `with member as (
      select right(key, -$4::int) as name, j.* from ratchet.jobs j where id = any ($1))
    select format('job %s %s %s', name, status, coalesce(result::text, error ->> 'code')) as line
      from member
    union all select format('step %s %s %s %s %s %s %s', m.name, address, position, field,
        ratchet_internal.is_final(ledger), is_failed, value)
      from ratchet.jobs_attributes a join member m on m.id = job_id and position > 0
      -- Whoever takes work fires it: before the end or the cancellation, or not at all.
      where a.kind <> 'sleep' or m.status > 0 and not exists (
        select from ratchet.jobs_attributes c where c.job_id = m.id and c.kind = 'cancel')
    union all select format('message %s %s %s %s %s', m.name, address, position, kind,
        $2::json ->> worker_id::text)
      from ratchet_internal.messages join member m on m.id = job_id
    union all select 'signal' from ratchet_internal.signals where key = $3
    order by 1`,
    [jobs, seats, `${name}-${SIGNAL}`, name.length + 1],
  );
  return found
    .map(({ line }) => line as string)
    .join('\n')
    .replaceAll(`${name}-`, '');
}
