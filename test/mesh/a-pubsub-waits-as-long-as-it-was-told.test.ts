import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { HotMesh } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor, within } from '../support/wait-for';

const SIGNED = `
app:
  id: shop
  version: 1
  graphs:
    - subscribes: sent
      publishes: signed
      activities:
        sent: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        wait:
          type: hook
          hook: { type: object }
          job: { maps: { by: '{$self.hook.data.by}' } }
      transitions: { sent: [{ to: wait }] }
      hooks:
        signature:
          - to: wait
            conditions:
              match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }]
`;

/** The most that a timer of Node can do. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a promise is rejected with, also when that is no Error. */
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no rejection',
    (error: unknown) => error as Record<string, unknown>,
  );

const isThere = (mesh: HotMesh, id: string) =>
  waitFor('the job waits', () =>
    mesh.getStatus(id).then(
      (status) => status === 1,
      () => false,
    ),
  );

for (const timeout of [Infinity, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 1e15]) {
  test.serial(`3.2: ${timeout} ms are not over at once`, async (t) => {
    const { running } = await meshTest(t);
    const mesh = await running(SIGNED);
    const answer = mesh.pubsub('sent', { id: 'c' }, null, timeout);
    answer.catch(() => undefined); // looked at below
    await isThere(mesh, 'c');
    await pause(50);
    await mesh.signal('signature', { id: 'c', by: 'ada' });
    t.deepEqual((await within('the answer', answer)).data, { by: 'ada' });
  });
}

test.serial('3.2: what is no time is refused, and starts nothing', async (t) => {
  const { running, pool } = await meshTest(t);
  const mesh = await running(SIGNED);
  for (const timeout of [-1, NaN, null, '1s']) {
    const shown = typeof timeout === 'string' ? `"${timeout}"` : String(timeout);
    await t.throwsAsync(mesh.pubsub('sent', {}, null, timeout as number), {
      ...{ code: 'WF104', message: `pubsub: timeout is ${shown}.` },
    });
  }
  t.deepEqual((await pool.query('select from ratchet.jobs')).rows, []);
});

test.serial('4.4: with the end of its connections it ends too', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SIGNED);
  const waiting = rejection(mesh.pubsub('sent', { id: 'c' }, null, 3_600_000));
  await isThere(mesh, 'c');
  await HotMesh.stop();
  t.like(await within('the rejection', waiting, 5_000), {
    ...{ code: 'WF403', name: 'EngineStopped', detail: { job_id: 'c' } },
    message: 'The connection was shut down while an answer was awaited.',
  });
});
