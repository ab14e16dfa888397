import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import { randomOf } from './seed';
import { runProgram, type Run, type Snapshot } from './turn-lab';
import { programs } from './turn-program';

export const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

export const scenarios = fc.record({
  program: programs,
  thread: fc.constantFrom('', '$1', 'h1'),
  schedule: fc.nat(),
  isCancelling: fc.boolean(),
});

/** What the history holds fast of a run is done again in the same order. */
function firstDifference(live: Run, replay: Run, { anchor }: Snapshot): string | undefined {
  if (replay.end.failure?.isBlocked) return replay.end.failure.error;
  const index = live.log.slice(0, anchor).findIndex((entry, at) => replay.log[at] !== entry);
  return index < 0 ? undefined : `${index}: '${live.log[index]}' became '${replay.log[index]}'`;
}

export function told(live: Run, replay: Run, snapshot: Snapshot): string {
  return JSON.stringify({ live: live.log, replay: replay.log, snapshot }, null, 1);
}

/** Runs random programs, then each again from every state that its history has been in. */
export async function assertReplays(t: ExecutionContext, numRuns: number): Promise<void> {
  t.log(`SEED=${seed}`);
  let replays = 0;
  let held = 0;
  const property = fc.asyncProperty(scenarios, async ({ schedule, isCancelling, ...what }) => {
    const random = randomOf(schedule);
    const live = await runProgram({ ...what, isCancelling, random });
    for (const from of live.snapshots) {
      const options = { ...what, random, isCancelling, from, isCareful: random.below(2) === 0 };
      const replay = await runProgram(options);
      const difference = firstDifference(live, replay, from);
      if (difference !== undefined) throw new Error(`${difference} ${told(live, replay, from)}`);
      replays += 1;
      held += from.anchor;
      // And a replay is replayed: it recorded an order of its own.
      const again = replay.snapshots[random.below(replay.snapshots.length)] as Snapshot;
      const second = await runProgram({ ...options, from: again, isCareful: true });
      const other = firstDifference(replay, second, again);
      if (other !== undefined) throw new Error(`${other} ${told(replay, second, again)}`);
    }
  });
  await fc.assert(property, { numRuns, seed, includeErrorInReport: true });
  t.log(`${replays} replays, of ${held} calls and deliveries`);
  t.pass();
}
