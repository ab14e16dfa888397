import type { PeerFigure } from '../report';
import { PEERS, type Peer } from './peers';

/** Writes the target to the fastest peer of each kind: by how much ours should be faster. */
export function judged(
  figures: PeerFigure[] | undefined,
  ours: number,
  bounds: Partial<Record<Peer['kind'], number>>,
): PeerFigure[] | undefined {
  return figures?.map((figure) => {
    const kind = PEERS[figure.name]?.kind;
    const bound = kind && bounds[kind];
    const rivals = figures.filter(({ name }) => PEERS[name]?.kind === kind);
    const fastest = Math.max(...rivals.map(({ spread }) => spread.median));
    if (bound === undefined || figure.spread.median < fastest) return figure;
    return { ...figure, target: `≥ ${bound}`, isMet: ours / fastest >= bound };
  });
}
