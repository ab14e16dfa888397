import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One execution of an activity, written down before the activity does anything else. */
export interface Effect {
  workflowId: string;
  /** What the workflow calls the step: the first argument of the activity. */
  label: string;
  pid: number;
  attempt: number;
}

/** The file outlives whoever writes it, and the database knows nothing of it. */
export const EFFECTS_VARIABLE = 'PGRATCHET_TEST_EFFECTS';

/**
 * On a line of its own, whatever stands before it: a process that is killed in a write may leave a
 * part of one.
 */
export function recordEffect(effect: Effect): void {
  const file = process.env[EFFECTS_VARIABLE];
  if (file === undefined) throw new Error(`${EFFECTS_VARIABLE} is not set`);
  appendFileSync(file, `\n${JSON.stringify(effect)}\n`);
}

/** Half a line is no execution: its process died before the activity did anything. */
export function readEffects(file: string): Effect[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Effect);
}

/** How often each step of each job was executed, by `workflowId label`. */
export function countEffects(effects: Iterable<Effect>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { workflowId, label } of effects) {
    const step = `${workflowId} ${label}`;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return counts;
}
