import test from 'ava';
import fc from 'fast-check';
import { randomOf } from '../support/seed';
import { runProgram, type Snapshot } from '../support/turn-lab';
import { assertReplays, scenarios, seed, told } from '../support/turn-replays';

const RUNS = Number(process.env['RUNS'] ?? 60);

test('a replay from any moment of a history makes the same calls in the same order', async (t) => {
  await assertReplays(t, RUNS);
});

test('answered in the recorded order, a run from its beginning does the same', async (t) => {
  t.log(`SEED=${seed}`);
  const property = fc.asyncProperty(scenarios, async ({ program, thread, schedule }) => {
    const random = randomOf(schedule);
    const live = await runProgram({ program, thread, isCancelling: false, random });
    const order = live.log.flatMap((entry) => {
      const [what, position] = entry.split(' ');
      return what === 'deliver' ? [Number(position)] : [];
    });
    const [from] = live.snapshots;
    const options = { program, thread, isCancelling: false, random, order };
    const again = await runProgram(from === undefined ? options : { ...options, from });
    if (live.log.join() !== again.log.join()) throw new Error(told(live, again, from as Snapshot));
    if (live.end.end?.result !== again.end.end?.result) throw new Error('another result');
  });
  await fc.assert(property, { numRuns: RUNS, seed, includeErrorInReport: true });
  t.pass();
});
