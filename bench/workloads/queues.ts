import { interleaved } from '../measure';
import { clientOf, openOurs, startOurs, type Side } from '../sides';
import { drain } from './drain';
import { comparison } from './throughput';
import type { Workload } from './workload';

const QUEUES = 32;

/** The same side with its work spread over so many queues, all served by its one process. */
function spreadOver(side: Side, queues: number): Side {
  const names = Array.from({ length: queues }, (_, i) => `bench-${i}`);
  const starter = clientOf(side.database.url);
  return {
    ...side,
    async start(flow, count, prefix) {
      for (const [i, name] of names.entries()) {
        const share = Math.floor((count + i) / queues); // they add up to count
        await startOurs(starter, name, flow, share, `${prefix}-${name}`);
      }
    },
    drain: (flow, count) => side.worker.send('drain', { flow, count, queues: names }),
  };
}

/** hello from 32 queues, all of which have work, beside the same from one. */
export const queues: Workload = async ({ server, flags }) => {
  const one = await openOurs(server, flags);
  const many = spreadOver(one, QUEUES);
  const count = flags.n * 2;
  const run = (side: Side) => async () => {
    await side.reset();
    return drain(side, 'hello', count);
  };
  try {
    const sides = { ours: run(many), one: run(one) };
    await interleaved(1, sides);
    const raw = await interleaved(flags.rounds, sides);
    const per = { count: 1, name: 'workflow' };
    const counted = { name: `hello, ${QUEUES} queues`, unit: 'workflows/s', each: 1, per };
    return [{ ...comparison(counted, raw, 'one'), notes: ['limit: ours with one queue'] }];
  } finally {
    await one.worker.stop();
  }
};
