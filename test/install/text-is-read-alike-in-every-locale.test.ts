import test, { type ExecutionContext } from 'ava';
import { Client } from 'pg';
import { migrate } from '../../driver/database/migrate';
import { emptyDatabase } from '../support/cluster';

const text = (value: unknown) => JSON.stringify(value);

/** The engine where the small letter of I has no dot, and where é is a letter of a word. */
async function turkishEngine(t: ExecutionContext): Promise<Client> {
  const { url, pool } = await emptyDatabase(t);
  const turkish = new URL(url);
  turkish.pathname += '_turkish';
  const name = turkish.pathname.slice(1);
  await pool.query(`create database ${name} template template0
    locale_provider icu icu_locale 'tr-TR' encoding 'UTF8'`);
  t.teardown(() => pool.query(`drop database ${name} with (force)`));
  await migrate({ connectionString: turkish.href });
  const client = new Client({ connectionString: turkish.href });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

test('what the engine reads in text depends on no locale', async (t) => {
  const client = await turkishEngine(t);
  const is = async (expression: string, values: unknown[], expected: unknown) => {
    const { rows } = await client.query(`select to_json(${expression}) as it`, values);
    t.deepEqual(rows[0]?.it, expected, `${expression} ${text(values)}`);
  };
  for (const [where, pattern] of [
    ['.céc', '\\Bé'],
    ['é.aé{.\n', '\\b\\b'],
    ['é1', '\\w'],
  ] as const) {
    const expected = where.search(new RegExp(pattern));
    await is('ratchet_internal.pipe_search($1, $2)', [where, pattern], expected);
  }
  const internal = 'ratchet_internal';
  const date = 'FRI, 01 NOV 2024 10:00:00 GMT';
  await is(`${internal}.pipe_parse_date($1)`, [date], Date.parse(date));
  await is(`${internal}.pipe_parse_int($1, $2)`, ['II', 20], parseInt('II', 20));
  await is(`${internal}.duration_ms($1)`, ['5 MINUTES'], 300_000);
  await is(`${internal}.cron_weekdays($1)`, ['FRI'], [5]);
  await is(`(${internal}.read_cron($1)).weekdays`, ['0 9 * * FRI'], [5]);
  await is(`${internal}.check_timezone($1)`, ['europe/istanbul'], '');
  const scope = ['durable', ['MAIL'], 'text'];
  await is(`${internal}.worker_role_name($1, $2, $3)`, scope, 'hmsh_wrk_durable_mail');
  await is(`${internal}.nearest_word($1, $2)`, ['IDI', ['idx', 'other']], 'idx');
  const time = [text({ at: '٢٠٢٤-01-01T00:00' }), 'at'];
  await is(`${internal}.time_of($1, $2)`, time, null);
});
