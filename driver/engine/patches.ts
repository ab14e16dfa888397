import type { LiveTurn } from './live-turn';

/**
 * Whether the run is at a place that an earlier run of it has left behind: a recorded call is yet
 * to be made, a recorded delivery yet to come, or the last recorded call has just been made, in
 * which case its run went on to its next rest.
 */
function isReplaying({ counter, deliveries, caughtUpAt, history }: LiveTurn): boolean {
  const { last, lastDelivery } = history;
  if (last === 0 && lastDelivery === 0) return false;
  return counter < last || deliveries < lastDelivery || deliveries === caughtUpAt;
}

/**
 * Whether the new code is to run: true once it has been, recorded with the next effect; false where
 * a run without it has passed.
 */
export function isPatched(turn: LiveTurn, id: string): boolean {
  const { patches } = turn.history;
  if (patches.has(id)) return true;
  if (turn.isOver || isReplaying(turn)) return false;
  patches.add(id);
  turn.record({
    ...{ address: `${turn.address}#patch`, position: patches.size, kind: 'patch', name: id },
    ...{ delivery: null, isFailed: false, input: null, value: null },
  });
  return true;
}
