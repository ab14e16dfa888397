import { setImmediate, setTimeout } from 'node:timers/promises';
import { deterministicRandom } from './durable/workflow';
import { durationSeconds, type Duration } from './duration';
import { guid } from './guid';

/** Small functions that programs written for this API import from the package. */
export const Utils = {
  guid,
  /** The number at place `n` of a fixed sequence in [0, 1). */
  deterministicRandom,
  /** Not durable: in a workflow use `workflow.sleep`. */
  sleepFor: async (milliseconds: number): Promise<void> => void (await setTimeout(milliseconds)),
  sleepImmediate: async (): Promise<void> => void (await setImmediate()),
  /** Seconds of a duration: `s('2 minutes')` is 120. */
  s: (duration: Duration): number => durationSeconds(duration),
  deepCopy: <T>(value: T): T => structuredClone(value),
};

/** How jobs are named in the database: by their bare ids, whatever the namespace. */
export const KeyStore = {
  HMNS: 'hmsh',
  KEYSEP: ':',
  /** The key of a job, as in `jobs.key`. */
  jobKey: (workflowId: string): string => workflowId,
};
