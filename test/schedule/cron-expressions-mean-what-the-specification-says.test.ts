import test from 'ava';
import { codeOf, engine } from '../support/engine';
import { seeded, type Random } from '../support/seed';

const sql = engine();

/** The next times, in UTC, without the seconds where they are 0. */
async function next(cron: string, after = '2024-01-15T10:20:30Z', count = 1): Promise<string[]> {
  const rows = await sql.rows<{ at: Date }>(
    `select at from ratchet.occurrences($1, 'UTC', $2, $3) at`,
    [cron, count, after],
  );
  return rows.map(({ at }) => at.toISOString().replace(/(:00)?\.000Z$/, ''));
}

const meanings: [cron: string, next: string][] = [
  ['* * * * *', '2024-01-15T10:21'],
  ['? ? ? ? ?', '2024-01-15T10:21'],
  ['*/15 * * * *', '2024-01-15T10:30'],
  ['20/25 * * * *', '2024-01-15T10:45'],
  ['10-14,31 * * * *', '2024-01-15T10:31'],
  ['10-50/20 * * * *', '2024-01-15T10:30'],
  ['*/20 * * * * *', '2024-01-15T10:20:40'],
  ['31 20 10 * * *', '2024-01-15T10:20:31'],
  ['0 12 * * MON-FRI', '2024-01-15T12:00'],
  ['0 0 1 feb *', '2024-02-01T00:00'],
  ['0 0 * * 7', '2024-01-21T00:00'],
  ['0 0 * * 0', '2024-01-21T00:00'],
  ['0 0 * * 5-7', '2024-01-19T00:00'],
  ['0 0 L * *', '2024-01-31T00:00'],
  ['0 0 L feb *', '2024-02-29T00:00'],
  ['0 0 20,L * *', '2024-01-20T00:00'],
  ['0 0 * * 5L', '2024-01-26T00:00'],
  ['0 0 * * FriL', '2024-01-26T00:00'],
  ['0 0 * * mon#4', '2024-01-22T00:00'],
  ['0 0 * * 3#3', '2024-01-17T00:00'],
  ['0 0 * 2 4#5', '2024-02-29T00:00'],
  // Both restricted: either may match.
  ['0 0 31 * tue', '2024-01-16T00:00'],
  ['0 0 29 2 *', '2024-02-29T00:00'],
  ['@yearly', '2025-01-01T00:00'],
  ['@monthly', '2024-02-01T00:00'],
  ['@weekly', '2024-01-21T00:00'],
  ['@daily', '2024-01-16T00:00'],
  ['@hourly', '2024-01-15T11:00'],
];

test('pipes 5.4: every form of a field', async (t) => {
  for (const [cron, expected] of meanings) t.deepEqual(await next(cron), [expected], cron);
});

test('pipes 5.4: a tick that is now counts as past', async (t) => {
  t.deepEqual(await next('20 10 * * *', '2024-01-15T10:20:00Z'), ['2024-01-16T10:20']);
  t.deepEqual(await next('20 10 * * *', '2024-01-15T10:19:59.999Z'), ['2024-01-15T10:20']);
});

test('pipes 5.4: what is no cron expression is WF108', async (t) => {
  const wrong = ['* * * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *'];
  wrong.push('* * * * 8', '30-10 * * * *', '*/0 * * * *', '0 0 15W * *', 'H * * * *', '@annually');
  wrong.push(
    '0 0 30 2 *',
    '0 0 31 4,6 *',
    '1,,2 * * * *',
    '-1 * * * *',
    '1.5 * * * *',
    '0 0 * * 6#6',
  );
  wrong.push('not a cron', '* * * moon *', '0 0 L, * *', '* * * * fri-mon');
  for (const cron of wrong) t.is(await codeOf(next(cron)), 'WF108', cron);
  // Read by the mapping language, refused for a schedule.
  const create = (cron: string) =>
    codeOf(sql.rows(`select ratchet.create_schedule('few', 'w', $1)`, [cron]));
  for (const cron of ['', '5', '5 *', '0 1 * *']) {
    t.is(await codeOf(next(cron)), 'ok', cron);
    t.is(await create(cron), 'WF108', cron);
  }
});

/** A random field, as text and as the values it allows. */
function field(random: Random, least: number, most: number): [string, number[]] {
  const all = Array.from({ length: most - least + 1 }, (_, at) => least + at);
  const first = least + random.below(most - least + 1);
  const last = first + random.below(most - first + 1);
  const step = 1 + random.below(9);
  const from = (start: number, end: number, by: number) =>
    all.filter((value) => value >= start && value <= end && (value - start) % by === 0);
  switch (random.below(6)) {
    case 0:
      return [`${first}`, [first]];
    case 1:
      return [`${first}-${last}`, from(first, last, 1)];
    case 2:
      return [`*/${step}`, from(least, most, step)];
    case 3:
      return [`${first}/${step},${least}`, [...new Set([least, ...from(first, most, step)])]];
    default:
      return ['*', all];
  }
}

/** All times of a rule by trying out every one. */
function tried(fields: number[][], after: Date, count: number): string[] {
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = []] = fields;
  const found: string[] = [];
  const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
  const isEither = days.length < 31 && weekdays.length < 7;
  for (let day = 0; found.length < count && day < 4000; day += 1) {
    const midnight = Date.UTC(
      after.getUTCFullYear(),
      after.getUTCMonth(),
      after.getUTCDate() + day,
    );
    const date = new Date(midnight);
    const isDay = days.includes(date.getUTCDate());
    const isWeekday = weekdays.includes(date.getUTCDay());
    if (!months.includes(date.getUTCMonth() + 1)) continue;
    if (isEither ? !isDay && !isWeekday : !isDay || !isWeekday) continue;
    for (const hour of sorted(hours))
      for (const minute of sorted(minutes))
        for (const second of sorted(seconds)) {
          const at = midnight + ((hour * 60 + minute) * 60 + second) * 1_000;
          if (at > after.getTime() && found.length < count) found.push(new Date(at).toISOString());
        }
  }
  return found.map((at) => at.replace(/(:00)?\.000Z$/, ''));
}

test('pipes 5.4: random rules have the times that trying out every one gives', async (t) => {
  const random = seeded(t);
  for (let round = 0; round < 60; round += 1) {
    const limits = [
      [0, 59],
      [0, 59],
      [0, 23],
      [1, 31],
      [1, 12],
      [0, 6],
    ] as const;
    const fields = limits.map(([least, most]) => field(random, least, most));
    const after = new Date(Date.UTC(2024, 0, 1) + random.below(800 * 86_400) * 1_000);
    const cron = fields.map(([text]) => text).join(' ');
    const expected = tried(
      fields.map(([, values]) => values),
      after,
      4,
    );
    const found = await next(cron, after.toISOString(), 4).catch(({ code }) => [code]);
    // The 31st of a month that has 30 days, say.
    const wanted = expected.length === 0 ? ['WF108'] : expected;
    t.deepEqual(found, wanted, `${cron} ${after.toISOString()}`);
  }
});
