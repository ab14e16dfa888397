import { readFileSync } from 'node:fs';
import { figure, isTime, type Result } from './report';

/** Ratios move a little from run to run; more than this is a change. */
const ALLOWED = 0.1;

interface Saved {
  rounds: number;
  n: number;
  results: Result[];
}

/** Reads the results to compare with; before the run, which may write to the same file. */
export function readSaved(file: string | undefined): Saved | undefined {
  if (file === undefined) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as Saved;
}

/** How good a result is beside the limit of the same run: the more the better. */
function standing({ unit, ours, against }: Result): number | undefined {
  if (against === undefined) return undefined;
  return isTime(unit) ? against / ours : ours / against;
}

/** Prints how each ratio moved since the saved run, and returns how many fell too far. */
export function compare(saved: Saved, results: Result[], now: Omit<Saved, 'results'>): number {
  console.log('\nStanding beside the limit (1 = equal, more is better), before and now:');
  if (saved.n !== now.n || saved.rounds !== now.rounds) {
    console.log(`  note: before n ${saved.n}, rounds ${saved.rounds}; now ${now.n}, ${now.rounds}`);
  }
  let fallen = 0;
  for (const result of results) {
    const standingNow = standing(result);
    if (standingNow === undefined) continue;
    const before = saved.results.find(({ name }) => name === result.name);
    const standingBefore = before && standing(before);
    if (standingBefore === undefined) {
      console.log(`  ${result.name}: not in the other results`);
      continue;
    }
    const hasFallen = standingNow < standingBefore * (1 - ALLOWED);
    if (hasFallen) fallen += 1;
    const verdict = hasFallen ? '  FELL' : '';
    console.log(`  ${result.name}: ${figure(standingBefore)} → ${figure(standingNow)}${verdict}`);
  }
  return fallen;
}
