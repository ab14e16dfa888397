import { Child } from '../child';
import { interleaved } from '../measure';
import { openLimit, openOurs, type Side } from '../sides';
import { drain, middle, note } from './drain';
import type { Workload } from './workload';

/** Ten steps, one after another, on a queue that a second process serves; beside ten local ones. */
export const remote10: Workload = async ({ server, flags }) => {
  const sides = [await openOurs(server, flags), await openLimit(server, flags)];
  const steps = new Child('ours/worker.mjs', flags.profile);
  await steps.send('open', { connectionString: sides[0]?.database.url });
  await sides[0]?.reset();
  await steps.send('steps');
  const count = Math.max(Math.round(flags.n / 20), 10);
  const run = (side: Side) => async () => {
    if (side.kind === 'limit') await side.reset();
    return drain(side, side.kind === 'ours' ? 'remote10' : 'seq10', count);
  };
  const pairs = Object.fromEntries(sides.map((side) => [side.kind, run(side)]));
  try {
    await interleaved(1, pairs);
    const raw = await interleaved(flags.rounds, pairs);
    const [ours, limit] = [middle(raw['ours']), middle(raw['limit'])];
    const notes = [note('ours', ours), 'limit: the same steps in the same process'];
    const figures = { ours: ours.perSecond * 10, against: limit.perSecond * 10 };
    return [{ name: 'remote10', unit: 'steps/s', ...figures, target: '(≥ 0.3 later)', notes, raw }];
  } finally {
    for (const side of sides) await side.worker.stop();
    await steps.stop();
  }
};
