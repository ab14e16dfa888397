import test from 'ava';
import { Durable, replay, type StoredHistory, type StoredStep } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;
const activities = {
  async step(value: number): Promise<number> {
    return value + 1;
  },
  async book(): Promise<string> {
    await Durable.activity.transaction((client) => client.query('select 1'));
    return 'booked';
  },
};
const { step, book } = workflow.proxyActivities<typeof activities>({ activities });

async function leaf(value: number): Promise<number> {
  return value * 2;
}

async function hooked(info: { signal: string }): Promise<void> {
  await workflow.signal(info.signal, 'answered');
}

async function patience(): Promise<unknown> {
  return workflow.condition('never');
}

/** One of each, one after the other, in its second generation. */
async function everything(round = 0): Promise<unknown> {
  if (round === 0) return workflow.continueAsNew(1);
  const seen: unknown[] = [await step(1), await workflow.sleep(5)];
  seen.push(await workflow.condition('nobody sends it', 5));
  await workflow.signal('mine', { n: 1 });
  seen.push(await workflow.condition('mine'), workflow.random() < 1, workflow.uuid4());
  seen.push(await workflow.executeChild(leaf, { workflowId: 'executed', args: [2] }));
  const child = await workflow.startChild(leaf, { workflowId: 'started', args: [3] });
  seen.push(await child.result());
  await workflow.hook({ taskQueue: 'q', workflowName: 'hooked', args: [{ signal: 'unheard' }] });
  seen.push(await workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' }));
  const search = await workflow.search();
  seen.push(await search.incr('n', 2), await search.mult('n', 3));
  const entity = await workflow.entity();
  seen.push(await entity.merge({ a: { b: 1 } }), await workflow.enrich({ color: 'red' }));
  seen.push(await workflow.patched('a change'), await book());
  const stopped = await workflow.startChild(patience, { workflowId: 'stopped' });
  seen.push(await workflow.terminate(stopped.workflowId, { throw: false }));
  seen.push(await workflow.emit({ topic: 1 }), await workflow.trace({ size: 1 }));
  return seen;
}

/** Number of the call in its thread; operations on data have that of their object. */
function numberOf({ address, position }: StoredStep): number {
  const object = address.split('#')[1];
  return object === undefined ? position : Number(object);
}

test('every kind of call is replayed from every prefix of its history', async (t) => {
  const { client, connection, pool } = await durableTest(t);
  for (const run of [everything, leaf, hooked, patience]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const options = { taskQueue: 'q', workflowName: 'everything', workflowId: 'w' };
  const handle = await client.workflow.start(options);
  const value = await handle.result();
  const history = await handle.exportHistory();
  t.deepEqual(await replay(history, everything), { fits: true, end: { kind: 'returned', value } });
  const own = history.steps
    .filter(({ address }) => address.split('#')[0] === '$1')
    .sort((a, b) => numberOf(a) - numberOf(b) || a.position - b.position);
  const calls = own.filter(({ kind }) => kind !== 'patch');
  const kinds = new Set(own.map(({ kind }) => kind));
  t.deepEqual([...kinds].sort(), [
    ...['activity', 'await', 'child', 'emit', 'entity', 'hook', 'patch', 'search', 'signal'],
    ...['sleep', 'start', 'terminate', 'trace', 'wait'],
  ]);
  const booked = calls.findIndex(({ name }) => name === 'book');
  for (const [length, next] of calls.entries()) {
    // A patch is recorded with the next effect.
    const patches = own.filter(({ kind }) => kind === 'patch' && length > booked);
    const prefix: StoredHistory = {
      ...history,
      job: { ...history.job, status: 1, result: null },
      steps: [...calls.slice(0, length), ...patches],
    };
    const result = await replay(prefix, everything);
    t.true(result.fits, `${length}: ${result.fits ? '' : result.message}`);
    const waits = result.fits && result.end.kind === 'waits' ? result.end.calls : [];
    t.is(waits[0], `${next.kind} '${next.name}'`, `after ${length} calls`);
  }
  // The first generation has one call: that which ends it.
  const first = history.steps.filter(({ address }) => address === '');
  t.like(first, [{ kind: 'continue', position: 1 }]);
  const job = { ...history.job, address: '', status: 1, result: null, input: '[]' };
  const cut = await replay({ ...history, job, steps: [] }, everything);
  t.deepEqual(cut, { fits: true, end: { kind: 'waits', calls: ["continue 'continue'"] } });
  const other = await replay({ ...history, job, steps: first }, leaf);
  t.like(other, { fits: false, difference: { position: 1, recorded: "continue 'continue'" } });
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
