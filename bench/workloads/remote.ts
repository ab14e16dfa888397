import { Child } from '../child';
import { middle } from '../cost';
import { interleaved } from '../measure';
import type { Result } from '../report';
import { openLimit, openOurs, type Side } from '../sides';
import { drain } from './drain';
import { comparison } from './throughput';
import type { Workload } from './workload';

const STEPS = 10;

/**
 * Ten steps, one after another, on a queue that a second process serves; beside the least that ten
 * local ones cost, and ten that a second process runs.
 */
export const remote10: Workload = async ({ server, flags }) => {
  const [ours, limit] = [await openOurs(server, flags), await openLimit(server, flags)];
  const steps = new Child('ours/worker.mjs', flags.profile);
  await steps.send('open', { connectionString: ours.database.url });
  const limitSteps = new Child('limit/steps.mjs', flags.profile);
  await limitSteps.send('open', { connectionString: limit.database.url });
  await ours.reset();
  await steps.send('steps');
  const sides = (n: number): Record<string, () => ReturnType<typeof drain>> => {
    const count = Math.max(Math.round(n / 20), 10);
    return {
      ours: () => drain(withSteps(ours, steps), 'remote10', count),
      limit: async () => {
        await limit.reset();
        return drain(limit, 'seq10', count);
      },
      'remote limit': async () => {
        await limit.reset();
        return drain(withSteps(limit, limitSteps), 'remote10', count);
      },
    };
  };
  try {
    await interleaved(1, sides(flags.warmUp));
    const raw = await interleaved(flags.shortRounds, sides(flags.n));
    const per = { count: STEPS, name: 'step' };
    const result = comparison(
      { name: 'remote10', unit: 'steps/s', each: STEPS, per },
      raw,
      'limit',
    );
    const isMet = result.ours / (result.against ?? NaN) >= 0.3;
    const counted = { name: 'remote10, remote limit', unit: 'steps/s', each: STEPS, per };
    const { ours: rate, against, ...spreads } = comparison(counted, raw, 'remote limit');
    const { oursSpread, againstSpread } = spreads;
    const commits = middle(raw['ours']).transactions / STEPS;
    const line: Result = { name: 'remote10, commits', unit: '/step', ours: commits };
    return [
      { ...result, target: '≥ 0.3', isMet, notes: ['limit: the same steps in the same process'] },
      { ...counted, ours: rate, against, oursSpread, againstSpread },
      { ...line, target: '≤ 0.1', isMet: commits <= 0.1 },
    ];
  } finally {
    for (const side of [ours, limit]) await side.worker.stop();
    await steps.stop();
    await limitSteps.stop();
  }
};

/** What the process that runs the steps uses counts too; it serves on between the runs. */
export function withSteps(side: Side, steps: Child): Side {
  return { ...side, others: [steps] };
}
