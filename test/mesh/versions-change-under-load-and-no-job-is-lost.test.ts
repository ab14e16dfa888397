import { fork } from 'node:child_process';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { meshTest } from '../support/mesh';
import { seeded } from '../support/seed';
import { waitFor } from '../support/wait-for';

const JOBS = 60;

/** Some jobs wait for a signal after their worker; later versions then ask a worker once more. */
const document = (version: number) => `
app:
  id: shop
  version: ${version}
  graphs:
    - subscribes: load
      expire: 900
      activities:
        t: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        work:
          type: worker
          topic: work
          input: { maps: { n: '{t.output.data.n}' } }
          job: { maps: { n: '{$self.output.data.n}', from: '{$self.output.data.from}' } }
        done: { type: hook, job: { maps: { by: ${version} } } }
        hold: { type: hook }
        released: { type: hook, job: { maps: { by: ${version} } } }
        ${version > 1 ? 'more: { type: worker, topic: work, job: { maps: { more: true } } }' : ''}
      transitions:
        t: [{ to: work }]
        work:
          - to: hold
            conditions: { match: [{ expected: true, actual: '{t.output.data.held}' }] }
          - to: done
            conditions: { match: [{ expected: false, actual: '{t.output.data.held}' }] }
        hold: [{ to: released }]
        ${version > 1 ? 'released: [{ to: more }]' : ''}
      hooks:
        go:
          - to: hold
            conditions:
              match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }]
`;

/** A process with an engine and a worker; its number. */
async function workerProcess(t: ExecutionContext, url: string): Promise<number> {
  const main = join(__dirname, '..', 'support', 'mesh-main.ts');
  const child = fork(main, ['worker', url, 'work']);
  t.teardown(() => child.kill('SIGKILL'));
  let isReady = false;
  child.on('message', (message) => (isReady ||= 'ready' in (message as object)));
  await waitFor('the process is ready', () => isReady);
  return child.pid ?? 0;
}

type Mesh = Awaited<ReturnType<Awaited<ReturnType<typeof meshTest>>['init']>>;
type Span = [least: number, most: number];

/** Jobs, versions, and what is known of when they met. */
function load(mesh: Mesh) {
  // Active is a version from that whose activation is over to that whose activation has begun.
  const active = { least: 1, most: 1 };
  const jobs = new Map<string, { vrs: Span; by: Span }>();
  const end = async (id: string) => {
    await waitFor(`${id} ends`, async () => (await mesh.getStatus(id)) === 0);
    const job = jobs.get(id);
    if (job !== undefined) job.by[1] = Math.min(job.by[1], active.most);
  };
  return {
    jobs,
    end,
    async change(version: number, instances: Mesh[]) {
      await Promise.all(instances.map(async (each) => each.deploy(document(version))));
      active.most = version;
      const answers = instances.map(async (each) => each.activate(String(version)));
      await Promise.all(answers);
      active.least = version;
    },
    async publish(id: string, held: boolean) {
      const { least } = active;
      await mesh.pub('load', { id, n: 1, held });
      jobs.set(id, { vrs: [least, active.most], by: [least, 3] });
    },
    async release(id: string) {
      const job = jobs.get(id);
      if (job !== undefined) job.by[0] = active.least;
      await mesh.signal('go', { id });
    },
  };
}

test.serial('14: versions 2 and 3 come while jobs of version 1 run in two processes', async (t) => {
  const random = seeded(t);
  const { running, init, url, connection } = await meshTest(t);
  const mesh = await running(document(1), [], { engine: { connection, readonly: true } });
  const options = { ...connection.options, application_name: 'another' };
  const another = await init([], { engine: { connection: { ...connection, options } } });
  const pids = await Promise.all([workerProcess(t, url), workerProcess(t, url)]);
  const { jobs, ...run } = load(mesh);

  await run.publish('under-1', false);
  await run.publish('kept', true);
  await run.end('under-1');
  const second = 10 + random.below(10);
  const third = second + 10 + random.below(10);
  const changes: Promise<void>[] = [];
  const held: string[] = [];
  for (let at = 0; at < JOBS; at += 1) {
    if (at === second) changes.push(run.change(2, [mesh]));
    if (at === third) {
      await Promise.all(changes);
      await run.publish('under-2', true);
      await run.release('under-2');
      await run.end('under-2');
      changes.push(run.change(3, [mesh, another]));
    }
    const isHeld = random.below(2) === 0;
    await run.publish(`j${at}`, isHeld);
    if (isHeld) held.push(`j${at}`);
    if (random.below(3) === 0 && held.length > 0) await run.release(held.shift() ?? '');
  }
  await Promise.all(changes);
  for (const id of ['kept', ...held]) await run.release(id);

  for (const [id, { vrs, by }] of jobs) {
    await run.end(id);
    const { data, metadata } = await mesh.getState('load', id);
    t.is(metadata.err, undefined, id);
    t.true(pids.includes((data as { from: number }).from), id);
    const [started, ended] = [Number(metadata.vrs), (data as { by: number }).by];
    t.true(
      vrs[0] <= started && started <= vrs[1],
      `${id} started under ${started}, not ${vrs.join()}`,
    );
    t.true(by[0] <= ended && ended <= by[1], `${id} ended under ${ended}, not ${by.join()}`);
  }
  t.deepEqual(
    ['under-1', 'under-2', 'kept'].map((id) => jobs.get(id)),
    [
      { vrs: [1, 1], by: [1, 1] },
      { vrs: [2, 2], by: [2, 2] },
      { vrs: [1, 1], by: [3, 3] },
    ],
  );
  t.is(jobs.size, JOBS + 3);
});
