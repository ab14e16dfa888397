import { engine } from './engine';

const attempt = `
  create function attempt(p_statement text, p_first text, p_second text) returns jsonb
  language plpgsql as $$
  declare
    v_value jsonb;
  begin
    execute p_statement into v_value using p_first, p_second;
    return v_value;
  exception when others then
    return jsonb_build_object('failed', sqlstate);
  end $$`;

export const calls = 'select ratchet.pipe_call($1, $2::jsonb)';
export const pipes = 'select ratchet.pipe_eval($1::jsonb, $2::jsonb)';
export const maps = 'select ratchet.pipe_map($1::jsonb, $2::jsonb)';
export const programs = `select ratchet_internal.map_run(
  ratchet_internal.map_compile($1::jsonb), $2::jsonb)`;
export const stored = 'select ratchet_internal.pipe_store(ratchet.pipe_map($1::jsonb, $2::jsonb))';

/**
 * A database for a test file of the mapping language. `evaluate` runs one statement for many pairs
 * of arguments in one query; a pair that fails gives its `failure`.
 */
export function pipeEngine() {
  const sql = engine();
  let isReady = false;
  return {
    ...sql,
    async evaluate(statement: string, pairs: [string, unknown][]): Promise<unknown[]> {
      if (!isReady) await sql.rows(attempt);
      isReady = true;
      const rows = await sql.rows<{ value: unknown }>(
        `select attempt($1, a, b) as value
         from unnest($2::text[], $3::text[]) with ordinality as p (a, b, at) order by at`,
        [
          statement,
          pairs.map(([first]) => first),
          pairs.map(([, second]) => JSON.stringify(second)),
        ],
      );
      return rows.map(({ value }) => value);
    },
    /** Stops the clock of the engine, or lets it go on. */
    async stopClock(at: string | null) {
      await sql.rows(`
        create or replace function ratchet_internal.now() returns timestamptz
        language sql volatile parallel safe set search_path = pg_catalog, pg_temp
        as ${at === null ? `'select clock_timestamp()'` : `$$select '${at}'::timestamptz$$`}`);
    },
  };
}
