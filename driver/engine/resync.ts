import type { Database } from '../database/database';
import { heldWork, type Caller, type Work } from '../database/exchange';
import { loadHistory } from '../database/turn-calls';
import { threadKey } from './address';
import type { LiveTurn } from './live-turn';
import type { Rebuilding } from './rebuilding';
import type { Registration } from './registration';
import { stepKey } from './step-key';
import type { TurnCache } from './turn-cache';

export interface ResyncHost extends Caller {
  readonly database: Database;
  readonly turns: TurnCache;
  readonly rebuilding: Rebuilding;
  readonly registration: Pick<Registration, 'epoch'>;
  forget(turn: LiveTurn): void;
  received(work: Work[]): Promise<void>;
}

/**
 * After an exchange without an answer: what the database says is held is held. Runs what is
 * missing and forgets what is not there. A step that runs beside its function here is held like a
 * claimed one, and must not be run again.
 */
export async function resync(
  host: ResyncHost,
  isRunningLocally: (work: Work) => boolean,
): Promise<void> {
  const { database, turns } = host;
  await host.rebuilding.finished();
  host.registration.epoch += 1; // what got no answer and comes late is to change nothing more
  const held = await heldWork(database, host);
  const threads = held.filter(({ kind }) => kind !== 'activity');
  const isHeld = new Set(threads.map(({ jobId, address }) => threadKey(jobId, address)));
  for (const turn of turns.all()) {
    if (!isHeld.has(threadKey(turn.jobId, turn.address))) host.forget(turn);
  }
  const known = threads.filter((work) => turns.get(work.jobId, work.address) !== undefined);
  const histories = await loadHistory(database, known);
  for (const { jobId, address, isCancelled } of known) {
    const turn = turns.get(jobId, address);
    for (const step of histories.get(threadKey(jobId, address)) ?? []) {
      const isAnswer = step.isDone && step.kind !== 'cancel' && step.kind !== 'patch';
      if (isAnswer) turn?.answer(stepKey(step.address, step.position), step);
    }
    if (isCancelled) turn?.cancel();
  }
  await host.received(held.filter((work) => !known.includes(work) && !isRunningLocally(work)));
}
