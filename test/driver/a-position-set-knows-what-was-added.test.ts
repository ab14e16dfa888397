import test from 'ava';
import { PositionSet } from '../../driver/engine/position-set';
import { seeded } from '../support/seed';

const OPERATION = 2 ** 31 + 7;
const POSITIONS = [-1, ...Array.from({ length: 12 }, (_, at) => at + 1), OPERATION];

test('in any order, and more than once, as a set does', (t) => {
  const random = seeded(t);
  for (let round = 0; round < 500; round += 1) {
    const [set, known] = [new PositionSet(), new Set<number>()];
    for (let added = 0; added < 20; added += 1) {
      const position = POSITIONS[random.below(POSITIONS.length)] ?? 0;
      set.add(position);
      known.add(position);
      t.is(set.size, known.size);
      t.deepEqual(
        POSITIONS.map((each) => set.has(each)),
        POSITIONS.map((each) => known.has(each)),
      );
    }
  }
});
