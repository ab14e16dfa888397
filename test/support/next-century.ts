import type { engine } from './engine';

/** What happens to schedules whose runs have their own queue, on the first day of the year 2100. */
export function nextCentury(sql: ReturnType<typeof engine>) {
  const timeOf = (at: string) => `2100-01-01T${at}Z`;
  return {
    timeOf,
    /** Fires what is due; when the runs of the schedule began by then. */
    fireAt: async (id: string, at: string): Promise<string[]> => {
      await sql.rows('select ratchet_internal.fire_schedules($1)', [timeOf(at)]);
      const jobs = await sql.rows<{ at: string }>(
        `select substr(key, length($1) + 13, 5) as at from ratchet.jobs
        where starts_with(key, $1 || '@2100') order by key`,
        [id],
      );
      return jobs.map((job) => job.at);
    },
    /** Ends the runs that are open. */
    endRun: (id: string, at: string, error: object | null = null) =>
      sql.rows(
        `select ratchet_internal.end_jobs(null, $2, array_agg(id), null, array_agg(null::json),
          array_agg($3::json)) from ratchet.jobs where queue = $1 and status > 0`,
        [id, timeOf(at), error && JSON.stringify(error)],
      ),
  };
}
