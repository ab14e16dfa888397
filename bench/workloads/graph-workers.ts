import { Child } from '../child';
import { interleaved } from '../measure';
import { openMesh } from '../mesh';
import { openLimit, openOurs } from '../sides';
import { drain } from './drain';
import { withSteps } from './remote';
import { comparison } from './throughput';
import type { Workload } from './workload';

/** Ten workers in a chain, beside ten steps of a function on a queue of another process. */
export const graph10: Workload = async ({ server, flags }) => {
  const mesh = await openMesh(server, flags, 10);
  const durable = await openOurs(server, flags);
  const steps = new Child('ours/worker.mjs', flags.profile);
  await steps.send('open', { connectionString: durable.database.url });
  await durable.reset();
  await steps.send('steps');
  const count = Math.max(Math.round(flags.n / 20), 10);
  const sides = {
    ours: async () => {
      await mesh.reset();
      return drain(mesh, 'chain10', count);
    },
    remote10: () => drain(withSteps(durable, steps), 'remote10', count),
  };
  try {
    await interleaved(1, sides);
    const raw = await interleaved(flags.rounds, sides);
    const per = { count: 10, name: 'step' };
    const result = comparison({ name: 'graph10', unit: 'steps/s', each: 10, per }, raw, 'remote10');
    const isMet = result.ours / (result.against ?? NaN) >= 0.5;
    return [{ ...result, target: '≥ 0.5', isMet, notes: ['limit: remote10 of the functions'] }];
  } finally {
    for (const side of [mesh, durable]) await side.worker.stop();
    await steps.stop();
  }
};

/** A hundred workers at once, beside a hundred local steps of the limit. */
export const graphFan100: Workload = async ({ server, flags }) => {
  const [ours, limit] = [await openMesh(server, flags, 100), await openLimit(server, flags)];
  const count = Math.max(Math.round(flags.n / 200), 10);
  const sides = Object.fromEntries(
    [ours, limit].map((side) => [
      side.kind,
      async () => {
        await side.reset();
        return drain(side, 'fan100', count);
      },
    ]),
  );
  try {
    await interleaved(1, sides);
    const raw = await interleaved(flags.rounds, sides);
    const per = { count: 100, name: 'step' };
    const counted = { name: 'graphFan100', unit: 'steps/s', each: 100, per };
    const notes = ['limit: as many steps in the same process'];
    return [{ ...comparison(counted, raw, 'limit'), notes }];
  } finally {
    for (const side of [ours, limit]) await side.worker.stop();
  }
};
