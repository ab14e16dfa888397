import test from 'ava';
import type { Database } from '../../driver/database/database';
import type { Work } from '../../driver/database/exchange';
import type { LiveTurn } from '../../driver/engine/live-turn';
import { emptyReport } from '../../driver/engine/report';
import { ResultWaiter, tellEnds } from '../../driver/engine/result-waiter';
import { waitFor } from '../support/wait-for';

const SILENT = { rows: () => Promise.resolve([]) } as unknown as Database;
const end = { result: '"done"', error: null };
const thread = (jobId: string, address = '') => {
  return { jobId, address, report: { ...emptyReport(), end } };
};
/** Every thread is here, and is of the workflow `w-<job>`. */
const threads = {
  get: (jobId: string) =>
    ({ work: { namespace: 'durable', workflowId: `w-${jobId}` } }) as LiveTurn,
};
const lost = { kind: 'lost', jobId: '1' } as Work;

function waiting(t: { teardown: (end: () => void) => void }, workflowId: string) {
  const results = new ResultWaiter(SILENT, 60_000);
  const job = results.wait('durable', workflowId);
  t.teardown(() => {
    job.catch(() => undefined);
    results.close();
  });
  return { results, job };
}

test('to whoever waits for it, with its result', async (t) => {
  const { results, job } = waiting(t, 'w-1');
  const turns = [thread('2'), thread('1')];
  tellEnds(results, threads, { turns, activities: [] }, [{ ...lost, jobId: '2' }]);
  t.deepEqual(await job, { workflowId: 'w-1', status: 0, ...end });
  t.false(results.isAwaited);
});

test('not if it came back as lost', (t) => {
  const { results } = waiting(t, 'w-1');
  tellEnds(results, threads, { turns: [thread('1')], activities: [] }, [lost]);
  t.true(results.isAwaited);
});

test('not if only a hook has ended', (t) => {
  const { results } = waiting(t, 'w-1');
  tellEnds(results, threads, { turns: [thread('1', 'h1')], activities: [] }, []);
  t.true(results.isAwaited);
});

test('not to who began to wait when its report was under way: that may be for another job', (t) => {
  const sentAt = performance.now();
  const { results } = waiting(t, 'w-1');
  tellEnds(results, threads, { turns: [thread('1')], activities: [] }, [], sentAt);
  t.true(results.isAwaited);
});

test('a look under way tells nothing to who waits for the next job of the id', async (t) => {
  const looks: ((rows: unknown[][]) => void)[] = [];
  const rows = () => new Promise((resolve) => looks.push(resolve));
  const results = new ResultWaiter({ rows } as unknown as Database, 60_000);
  t.teardown(() => results.close());
  const row = (result: string) => ['w-1', '0', result, null];
  const looked = (count: number) => waitFor('it looks', () => looks.length === count);
  const first = results.wait('durable', 'w-1');
  await looked(1);
  tellEnds(results, threads, { turns: [thread('1')], activities: [] }, []);
  t.like(await first, { result: '"done"' });
  const second = results.wait('durable', 'w-1');
  looks[0]?.([row('"done"')]);
  await looked(2);
  looks[1]?.([row('"again"')]);
  t.like(await second, { result: '"again"' });
});
