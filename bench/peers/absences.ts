/** What was not measured, and why: printed under the table and kept in the results. */
export interface Absence {
  peer: string;
  workload: string;
  reason: string;
}

const found: Absence[] = [];

export function reportAbsence(peer: string, workload: string, reason: string): void {
  found.push({ peer, workload, reason });
}

export function absences(): Absence[] {
  return found;
}

export function printAbsences(): void {
  if (found.length > 0) console.log('\nNot measured:');
  for (const { peer, workload, reason } of found) console.log(`  ${peer}, ${workload}: ${reason}`);
}
