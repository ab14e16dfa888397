import type { Batch, Item } from './batch';

/** Many jobs that each do one thing of a kind. */
export async function lifeOfJobs(batch: Batch) {
  const { queue } = batch;
  const ids = await begin(batch);
  const jobs = (await batch.claim('claim of turns', 'start')).map((work) => work.job_id);
  const items = jobs.map((job) => ({ job, at: 0 }));
  await stepsThatPass(batch, items, 0);
  await stepsOfOthers(batch, items);
  await answersOfOthers(batch, items, ids);
  await batch.call('watch_jobs', ['durable', ids]);
  await runsAgain(batch, jobs);
  const ends = jobs.map((job) => ({ job, address: '$1', result: 1 }));
  await batch.exchange('ends', { ends });
  await batch.call('watch_jobs', ['durable', ids], 'watch_jobs of what has ended');
  await waiting(batch);
  await batch.sql.rows(
    `update ratchet.jobs set finished_at = finished_at - interval '1 hour' where queue = $1`,
    [queue],
  );
  const first = Math.min(...jobs.map(Number)) - 1;
  const prune = `select * from ratchet.prune_jobs(null, '0 s', $1, $2)`;
  await batch.rows('prune_jobs', prune, [first, batch.size]);
  return batch.life;
}

/** Many jobs that stay in the middle of all that they do. */
export async function halfLifeOfJobs(batch: Batch) {
  await begin(batch);
  const jobs = await batch.claim('claim of turns', 'start');
  const items = jobs.map((work) => ({ job: work.job_id, at: 0 }));
  await stepsThatPass(batch, items, 1e9);
  await stepsOfOthers(batch, items);
  // Signals are looked at 500 at a time.
  for (let sent = 0; sent <= batch.size; sent += 500) await batch.exchange('look', {});
}

/** One job that does many things of each kind at a time. */
export async function lifeOfOneJob(batch: Batch) {
  batch.worker = await batch.register();
  const id = `${batch.name}-0`;
  const job = await batch.sql.start(batch.queue, id);
  await batch.claim('claim of one turn', 'start', batch.worker, 1);
  const items = Array.from({ length: batch.size }, (_, at) => ({ job, at }));
  await stepsThatPass(batch, items, 0);
  await stepsOfOthers(batch, items);
  await answersOfOthers(
    batch,
    items,
    items.map(() => id),
  );
  await batch.call('history', [[job], ['']]);
  await batch.exchange('end', { ends: [{ job, result: 1 }] });
  await batch.unregister();
  return batch.life;
}

async function begin(batch: Batch) {
  batch.worker = await batch.register();
  const ids = batch.ids('job');
  const args = ids.map(() => '[]');
  const options = JSON.stringify({ retry: { maximumAttempts: 2, initialInterval: 0 } });
  const values = [batch.queue, ids, args, batch.queue, 'durable', options];
  await batch.call('start_workflows', values);
  return ids;
}

/** Steps that are done here, by activities, timers and signals. */
async function stepsThatPass(batch: Batch, items: Item[], delay: number) {
  const { queue, size } = batch;
  const position = batch.positions();
  const steps = items.map((item) => ({ job: item.job, position: position(item) }));
  await batch.exchange('steps', { steps });
  const options = { initialInterval: 0, maximumAttempts: 2 };
  await batch.plan('activities', items, () => ({ kind: 'activity', input: [], queue, options }));
  for (const failed of [true, false]) {
    const claimed = await batch.exchange('claim of activities', { activities: size });
    const reports = claimed.map(({ job_id: job, address, position: at, attempt }) => {
      return { job, address, position: at, attempt, failed };
    });
    await batch.exchange(failed ? 'failed activities' : 'activities done', { reports });
  }
  await batch.exchange('taking of results', { idle: true });
  await batch.plan('timers', items, () => ({ kind: 'sleep', delay }));
  await batch.exchange('due timers', { idle: true });
  const keys = batch.ids('key');
  if (delay === 0) {
    await batch.rows('signal', 'select ratchet.signal(k) from unnest($1::text[]) k', [keys]);
  }
  await batch.plan('waits', items, (_, at) => ({ kind: 'wait', name: keys[at] ?? '' }));
  await batch.exchange('matching of signals', { idle: true });
}

const elsewhere = (batch: Batch) => `${batch.name}-elsewhere`;

/** Steps that ask something of other jobs. */
async function stepsOfOthers(batch: Batch, items: Item[]) {
  const { name } = batch;
  const of = (kind: string, id: string) => (_: Item, at: number) => {
    const options = { id: `${name}-${id}-${at}`, queue: elsewhere(batch) };
    return { kind, name: elsewhere(batch), input: [], options };
  };
  await batch.plan('children started', items, of('start', 'started'));
  await batch.plan('children awaited', items, of('child', 'child'));
  await batch.plan('awaits', items, of('await', 'started'));
  await batch.plan('emits', items, () => ({ kind: 'emit', input: { told: 1 } }));
  const signal = (_: Item, at: number) => ({ kind: 'signal', name: `${name}-sent-${at}` });
  await batch.plan('signals sent', items, signal);
}

/** Children end, are stopped when it is too late, and hooks run in the jobs of these ids. */
async function answersOfOthers(batch: Batch, items: Item[], ids: string[]) {
  const { size } = batch;
  const queue = elsewhere(batch);
  const other = await batch.register(queue);
  const idOf = new Map(items.map(({ job }) => [job, '']));
  const known = 'select id, key from ratchet.jobs where key = any ($1)';
  for (const { id, key } of await batch.sql.rows(known, [ids])) idOf.set(id as string, key);
  const children = await batch.claim('claim of children', 'start', other, 2 * size);
  const ends = children.map(({ job_id: job }) => ({ job, result: 1 }));
  await batch.exchange('ends of children', { ends }, other);
  await batch.exchange('answers of children', { idle: true });
  for (const time of ['first', 'second']) {
    await batch.plan(`${time} hooks`, items, ({ job }) => {
      return { kind: 'hook', name: queue, input: [], options: { id: idOf.get(job), queue } };
    });
    const hooks = await batch.claim(`claim of ${time} hooks`, 'start', other);
    const threads = hooks.map(({ job_id: job, address }) => ({ job, address }));
    await batch.exchange(`ends of ${time} hooks`, { threads }, other);
  }
  await batch.unregister(other);
  const stopping = batch.ids('stopped');
  const args = stopping.map(() => '[]');
  await batch.call('start_workflows', [queue, stopping, args], 'start of what is stopped');
  await batch.plan('stops', items, (_, at) => ({
    kind: 'terminate',
    options: { id: stopping[at] },
  }));
  await operations(batch, items);
}

/** An attribute each is made, and removed. */
async function operations(batch: Batch, items: Item[]) {
  for (const [what, first] of [
    ['incr', 1],
    ['del', 1 + items.length],
  ] as const) {
    const plans = items.map(({ job, at }, nth) => {
      const operation = { kind: 'search', name: `search.${what}` };
      const input = what === 'incr' ? [`n${nth}`, 1] : [`n${nth}`];
      return { job, position: 1, address: `#${first + at}`, ...operation, input };
    });
    await batch.exchange(`search.${what}`, { plans });
  }
}

/** Functions that failed, and that continue as new. */
async function runsAgain(batch: Batch, jobs: string[]) {
  const addresses = jobs.map(() => '');
  const failures = jobs.map((job) => ({ job }));
  await batch.exchange('failures', { failures });
  await batch.claim('claim of what failed', 'turn');
  await batch.call('history', [jobs, addresses]);
  await batch.call('held_work', [batch.worker]);
  const threads = jobs.map((job) => ({ job, address: '', input: [] }));
  await batch.exchange('generations', { threads });
  await batch.claim('claim of generations', 'start');
}

/** Jobs that are started together, evicted, cancelled, lost, that fail for good or are stopped. */
async function waiting(batch: Batch) {
  const { queue } = batch;
  const ids = batch.ids('together');
  const request = '00000000-0000-4000-8000-000000000001';
  const args = ids.map(() => '[]');
  const values = [queue, ids, args, queue, 'durable', null, request];
  await batch.call('start_together', values);
  await batch.call('start_together', values, 'start_together again');
  const jobs = (await batch.claim('claim of others', 'start')).map((work) => work.job_id);
  const tasks = (position: number, more: object) => {
    const wait = { position, kind: 'wait', options: { role: 'r' }, ...more };
    return jobs.map((job) => ({ job, name: `${job}-never-${position}`, ...wait }));
  };
  await batch.exchange('tasks', { plans: tasks(1, {}) });
  await batch.exchange('tasks that expire', { plans: tasks(2, { delay: 0 }) });
  await batch.exchange('expiry of tasks', { idle: true });
  await batch.exchange('look at waits', { idle: true });
  await batch.call('evict', [batch.worker, jobs, jobs.map(() => 1), jobs.map(() => '')]);
  const each = (what: string) => `select ratchet.${what}(k) from unnest($1::text[]) k`;
  await batch.rows('cancel', each('cancel'), [ids]);
  await batch.exchange('routing of cancellations', { idle: true });
  await batch.claim('claim of what is cancelled', 'turn');
  const lost = `update ratchet_internal.workers set expires_at = now() - interval '1 s'`;
  await batch.sql.rows(`${lost} where id = $1`, [batch.worker]);
  batch.worker = await batch.register();
  await batch.claim('claim of what was lost', 'careful');
  const half = Math.ceil(ids.length / 2);
  await batch.rows('terminate', each('terminate'), [ids.slice(0, half)]);
  const failures = jobs.map((job) => ({ job }));
  for (const time of ['second', 'third', 'last']) {
    await batch.exchange(`${time} failures`, { failures });
    const due = 'update ratchet_internal.messages set due_at = now() where job_id = any ($1)';
    await batch.sql.rows(`${due} and position = 0`, [jobs]);
    await batch.exchange('claim of what failed again', { turns: batch.size });
  }
  await batch.sql.rows('select ratchet.unregister_worker($1)', [batch.worker]);
}
