import test from 'ava';
import { Client } from 'pg';
import { migrate } from '../../../driver/database/migrate';
import { emptyDatabase } from '../../support/cluster';

test('where a word ends depends on ASCII alone, as in JavaScript', async (t) => {
  const { url, pool } = await emptyDatabase(t);
  const english = new URL(url);
  english.pathname += '_english';
  const name = english.pathname.slice(1);
  await pool.query(`create database ${name} template template0
    locale_provider icu icu_locale 'en-US' encoding 'UTF8'`);
  t.teardown(() => pool.query(`drop database ${name} with (force)`));
  await migrate({ connectionString: english.href });
  const client = new Client({ connectionString: english.href });
  await client.connect();
  try {
    for (const [text, pattern] of [
      ['.céc', '\\Bé'],
      ['é.aé{.\n', '\\b\\b'],
      ['é1', '\\w'],
    ] as const) {
      const { rows } = await client.query<{ at: number }>(
        'select ratchet_internal.pipe_search($1, $2) as at',
        [text, pattern],
      );
      t.is(rows[0]?.at, text.search(new RegExp(pattern)), `${text} ${pattern}`);
    }
  } finally {
    await client.end();
  }
});
