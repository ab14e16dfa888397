import { fork } from 'node:child_process';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { meshTest } from '../support/mesh';
import { waitFor } from '../support/wait-for';

const GRAPH = `
subscribes: count
publishes: counted
activities:
  t: { type: trigger }
  w:
    type: worker
    topic: work
    input: { maps: { n: '{t.output.data.n}' } }
    job: { maps: { from: '{$self.output.data.from}', n: '{$self.output.data.n}' } }
transitions:
  t: [{ to: w }]
`;

/** Another process, and what it has said. */
async function other(t: ExecutionContext, ...args: string[]) {
  const main = join(__dirname, '..', 'support', 'mesh-main.ts');
  const child = fork(main, args);
  t.teardown(() => child.kill('SIGKILL'));
  const said: Record<string, unknown>[] = [];
  child.on('message', (message) => said.push(message as Record<string, unknown>));
  await waitFor('the process is ready', () => said.some((each) => 'ready' in each));
  return { child, said, pid: child.pid };
}

test.serial('a worker elsewhere does the work; a listener elsewhere hears of it', async (t) => {
  const { running, url } = await meshTest(t);
  const mesh = await running(GRAPH);
  const worker = await other(t, 'worker', url, 'work');
  const listener = await other(t, 'listener', url, 'count*');
  const results = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => mesh.pubsub('count', { n }, null, 60_000)),
  );
  t.deepEqual(
    results.map(({ data }) => data as unknown),
    Array.from({ length: 20 }, (_, n) => ({ from: worker.pid, n })),
  );
  await waitFor('the listener has heard all', () => listener.said.length >= 21);
  const heard = listener.said.flatMap(({ data }) => (data as { n: number } | undefined)?.n ?? []);
  t.deepEqual(
    heard.sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n),
  );
  t.true(listener.said.every((each) => !('published' in each) || each['published'] === 'counted'));

  await mesh.pubQuorum({ type: 'user', topic: 'greeting', message: { hello: 1 } });
  await waitFor('the message is heard', () => listener.said.some((each) => 'quorum' in each));
  t.deepEqual(listener.said.at(-1), { quorum: { hello: 1 } });
});

test.serial('what a killed worker had taken is done by another', async (t) => {
  const { running, url, pool } = await meshTest(t);
  const mesh = await running(GRAPH);
  const first = await other(t, 'worker', url, 'work');
  await mesh.pubsub('count', { n: 1 }, null, 60_000);
  first.child.kill('SIGKILL');
  const result = mesh.pubsub('count', { n: 2 }, null, 60_000);
  const second = await other(t, 'worker', url, 'work');
  await pool.query(
    `update ratchet_internal.workers set expires_at = ratchet_internal.now() - interval '1 second'
     where name like $1`,
    [`%-${first.pid}`],
  );
  t.deepEqual((await result).data, { from: second.pid, n: 2 });
});

test.serial('a subscription ends with unsub, and a topic or a job can be chosen', async (t) => {
  const { running } = await meshTest(t);
  // A subscriber that fails is logged.
  const callback = async ({ data }: { data: { n: number } }) => ({ data: { n: data.n } });
  const mesh = await running(GRAPH, [{ topic: 'work', callback }], { logLevel: 'silent' });
  const heard: string[] = [];
  const hear =
    (name: string) =>
    (_topic: string, { data }: { data: { n: number } }) =>
      heard.push(`${name} ${data.n}`);
  await mesh.sub('counted', hear('first'));
  await mesh.sub('counted', hear('second'));
  await mesh.psub('coun*', hear('pattern'));
  await mesh.sub('counted', () => {
    throw new Error('a subscriber that fails disturbs nobody');
  });
  await mesh.pubsub('count', { n: 1 }, null, 60_000);
  await waitFor('three have heard', () => heard.length === 3);
  await mesh.unsub('counted'); // the one that throws
  await mesh.unsub('counted');
  await mesh.punsub('coun*');
  await mesh.pubsub('count', { n: 2 }, null, 60_000);
  await waitFor('one has heard', () => heard.length === 4);
  t.deepEqual(heard.sort(), ['first 1', 'first 2', 'pattern 1', 'second 1']);
});
