import { engine } from './engine';

/** A special value, as the mapping language writes it where JSON cannot. */
const tagged = (name: string) => ({ $: name });

/** A JavaScript value as the SQL functions take and give it. */
export function tag(value: unknown): unknown {
  if (value === undefined) return tagged('undefined');
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return tagged('-0');
    return Number.isFinite(value) ? value : tagged(String(value));
  }
  if (value instanceof Date) {
    return { $: 'date', value: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  }
  if (Array.isArray(value)) return Array.from(value, tag);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tag(item)]));
  }
  return value;
}

/** The JavaScript value of a tagged one. */
export function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value !== 'object' || value === null) return value;
  const special = (value as { $?: string }).$;
  if (special === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untag(item)]));
  }
  if (special === 'undefined') return undefined;
  if (special === 'date') return new Date((value as { value?: string }).value ?? NaN);
  return Number(special);
}

/** Tagged values in one spelling: keys in order, undefined members absent, undefined items null. */
export function normal(value: unknown): unknown {
  const isUndefined = (item: unknown) => (item as { $?: string } | null)?.$ === 'undefined';
  if (Array.isArray(value)) return value.map((item) => (isUndefined(item) ? null : normal(item)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, item]) => !isUndefined(item));
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, item]) => [key, normal(item)]));
}

export const same = (a: unknown, b: unknown) =>
  JSON.stringify(normal(a)) === JSON.stringify(normal(b));

/** The SQLSTATE of an expression that failed, where a value is expected. */
export const failure = (code = 'WF107') => ({ failed: code });

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
