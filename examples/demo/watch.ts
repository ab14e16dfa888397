import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { say } from './print';

const POLL_MS = 50;

export interface Step {
  job_key: string;
  field: string;
  kind: string;
  is_final: boolean;
  value: string | null;
}

const HISTORY = `
  select l.job_key, l.field, l.kind, l.is_final, a.value
  from ratchet.ledger l join ratchet.jobs_attributes a on (a.job_id, a.field) = (l.job_id, l.field)
  order by coalesce(l.updated_at, l.created_at), l.job_id, l.field`;

/** Looks at the history as it grows, shows what is new, and waits for moments in it. */
export function watchHistory(url: string) {
  const pool = new Pool({ connectionString: url, max: 1 });
  // A server that goes away fails the query that needs it; that is enough.
  pool.on('error', () => undefined);
  const shown = new Set<string>();
  let steps: Step[] = [];

  function show(step: Step): void {
    const { job_key, field, is_final, value, kind } = step;
    const state = is_final ? 'done' : 'open';
    const id = `${job_key} ${field}`;
    if (shown.has(`${id} ${state}`)) return;
    shown.add(`${id} ${state}`);
    const text = is_final ? `= ${value ?? 'nothing'}` : `(${kind}) is open`;
    say('the ledger says', `${job_key}  ${field} ${text}`);
  }

  return {
    query: async <R extends object>(text: string) => (await pool.query<R>(text)).rows,
    steps: () => steps,
    /** Resolves once `isReached` holds of the history. */
    async until(isReached: (steps: Step[]) => boolean): Promise<void> {
      for (;;) {
        steps = (await pool.query<Step>(HISTORY)).rows;
        steps.forEach(show);
        if (isReached(steps)) return;
        await pause(POLL_MS);
      }
    },
    close: () => pool.end(),
  };
}
