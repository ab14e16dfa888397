import test from 'ava';
import fc from 'fast-check';
import { randomOf } from '../support/seed';
import { runProgram, type Snapshot } from '../support/turn-lab';
import type { Program } from '../support/turn-program';
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

// The cancellation takes the first back before it was handed in, and the second had waited for it.
test('a shielded step begins though what was to be committed before is gone', async (t) => {
  const step = { type: 'call', isFailing: false } as const;
  const shielded = { ...step, where: 'local', name: 'step-2' } as const;
  const parts: Program[] = [
    { ...step, where: 'remote', name: 'step-1' },
    { type: 'shield', body: shielded },
  ];
  const cancel = { jobId: '1', address: '#cancel', position: 1, kind: 'cancel', name: 'cancel' };
  const rows = [{ ...cancel, delivery: 1, isFailed: false, value: null, isDone: true }];
  const from = { rows, isCancelRequested: true, anchor: 0 };
  const what = { program: { type: 'settled', parts } as const, thread: '', isCancelling: true };
  const { log } = await runProgram({ ...what, from, random: randomOf(1) });
  t.true(log.includes('deliver 2'), log.join());
});
