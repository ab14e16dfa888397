import { Child } from '../child';
import { interleaved, spreadOf } from '../measure';
import { openMesh } from '../mesh';
import type { Result } from '../report';
import { openLimit, openOurs } from '../sides';
import { drain, middle, note } from './drain';
import type { Workload } from './workload';

const spread = (found: { perSecond: number }[] = [], steps: number) =>
  spreadOf(found.map(({ perSecond }) => perSecond * steps));

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
    graph: async () => {
      await mesh.reset();
      return drain(mesh, 'chain10', count);
    },
    durable: () => drain(durable, 'remote10', count),
  };
  try {
    await interleaved(1, sides);
    const raw = await interleaved(flags.rounds, sides);
    const [ours, against] = [middle(raw['graph']), middle(raw['durable'])];
    const result: Result = {
      ...{ name: 'graph10', unit: 'steps/s', target: '≥ 0.5' },
      ...{ ours: ours.perSecond * 10, against: against.perSecond * 10 },
      ...{ oursSpread: spread(raw['graph'], 10), againstSpread: spread(raw['durable'], 10) },
      isMet: ours.perSecond / against.perSecond >= 0.5,
      notes: [note('graph', ours), note('against, remote10', against)],
      raw,
    };
    return [result];
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
    const [graph, against] = [middle(raw['ours']), middle(raw['limit'])];
    const notes = [note('graph', graph), 'limit: as many steps in the same process'];
    const figures = {
      ...{ ours: graph.perSecond * 100, against: against.perSecond * 100 },
      ...{ oursSpread: spread(raw['ours'], 100), againstSpread: spread(raw['limit'], 100) },
    };
    return [{ name: 'graphFan100', unit: 'steps/s', ...figures, notes, raw }];
  } finally {
    for (const side of [ours, limit]) await side.worker.stop();
  }
};
