import test from 'ava';
import { codeOf, engine } from '../support/engine';

const sql = engine();

/** The next times as the clocks of the zone show them, each with its distance from UTC. */
async function local(zone: string, cron: string, after: string, count: number): Promise<string[]> {
  const rows = await sql.rows<{ at: string }>(
    `select to_char(at at time zone $1, 'DD HH24:MI') || ' '
       || to_char(at at time zone $1 - at at time zone 'UTC', 'HH24MI') as at
     from ratchet.occurrences($2, $1, $3, $4) at`,
    [zone, cron, count, after],
  );
  return rows.map(({ at }) => at);
}

interface Change {
  what: string;
  zone: string;
  cron: string;
  after: string;
  times: string[];
}

const changes: Change[] = [
  {
    what: 'Berlin, forward: a daily run in the gap comes as much later',
    ...{ zone: 'Europe/Berlin', cron: '30 2 * * *', after: '2026-03-28T00:00Z' },
    times: ['28 02:30 0100', '29 03:30 0200', '30 02:30 0200'],
  },
  {
    what: 'Berlin, forward: hourly runs go on an hour apart',
    ...{ zone: 'Europe/Berlin', cron: '30 * * * *', after: '2026-03-28T23:00Z' },
    times: ['29 00:30 0100', '29 01:30 0100', '29 03:30 0200', '29 04:30 0200'],
  },
  {
    what: 'Berlin, forward: two runs that coincide are one',
    ...{ zone: 'Europe/Berlin', cron: '0 2-3 * * *', after: '2026-03-28T12:00Z' },
    times: ['29 03:00 0200', '30 02:00 0200', '30 03:00 0200'],
  },
  {
    what: 'Berlin, back: a daily run in the repeated hour comes once, in the first pass',
    ...{ zone: 'Europe/Berlin', cron: '30 2 * * *', after: '2026-10-24T00:00Z' },
    times: ['24 02:30 0200', '25 02:30 0200', '26 02:30 0100'],
  },
  {
    what: 'Berlin, back: hourly runs go on an hour apart, in both passes',
    ...{ zone: 'Europe/Berlin', cron: '30 * * * *', after: '2026-10-24T23:00Z' },
    times: ['25 01:30 0200', '25 02:30 0200', '25 02:30 0100', '25 03:30 0100'],
  },
  {
    what: 'Berlin, back: in the second pass the next run is after it',
    ...{ zone: 'Europe/Berlin', cron: '*/20 2-3 * * *', after: '2026-10-25T00:40Z' },
    times: ['25 03:00 0100', '25 03:20 0100', '25 03:40 0100', '26 02:00 0100'],
  },
  {
    what: 'New York, forward: a daily run in the gap comes as much later',
    ...{ zone: 'America/New_York', cron: '15 2 * * *', after: '2026-03-07T12:00Z' },
    times: ['08 03:15 -0400', '09 02:15 -0400'],
  },
  {
    what: 'New York, forward: every half hour of real time',
    ...{ zone: 'America/New_York', cron: '*/30 * * * *', after: '2026-03-08T06:00Z' },
    times: ['08 01:30 -0500', '08 03:00 -0400', '08 03:30 -0400'],
  },
  {
    what: 'New York, back: some runs of the repeated hour come once',
    ...{ zone: 'America/New_York', cron: '15,45 1 * * *', after: '2026-10-31T12:00Z' },
    times: ['01 01:15 -0400', '01 01:45 -0400', '02 01:15 -0500'],
  },
  {
    what: 'New York, back: every half hour of real time, in both passes',
    ...{ zone: 'America/New_York', cron: '*/30 * * * *', after: '2026-11-01T05:00Z' },
    times: ['01 01:30 -0400', '01 01:00 -0500', '01 01:30 -0500', '01 02:00 -0500'],
  },
  {
    what: 'Lord Howe, back by half an hour',
    ...{ zone: 'Australia/Lord_Howe', cron: '45 1 * * *', after: '2026-04-04T00:00Z' },
    times: ['05 01:45 1100', '06 01:45 1030'],
  },
];

for (const { what, zone, cron, after, times } of changes) {
  test(`schedules: ${what}`, async (t) => {
    t.deepEqual(await local(zone, cron, after, times.length), times);
  });
}

test('schedules: a day in Berlin has 23, 24 or 25 hourly and 1 daily run', async (t) => {
  const count = (cron: string, day: string) =>
    sql.value<string>(
      `select count(*) from ratchet.occurrences($1, 'Europe/Berlin', 200,
         ($2::date::timestamp at time zone 'Europe/Berlin') - interval '1 second') at
       where (at at time zone 'Europe/Berlin')::date = $2::date`,
      [cron, day],
    );
  for (const [day, hours] of [
    ['2026-03-29', '23'],
    ['2026-06-01', '24'],
    ['2026-10-25', '25'],
  ] as const) {
    t.is(await count('0 * * * *', day), hours);
    for (const daily of ['0 2 * * *', '59 2 * * *', '0 3 * * *', '0 0 * * *']) {
      t.is(await count(daily, day), '1', `${daily} on ${day}`);
    }
  }
});

test('schedules: a time zone is an IANA name', async (t) => {
  const at = (zone: string | null) =>
    codeOf(sql.rows(`select ratchet.occurrences('@daily', $1)`, [zone]));
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5']) {
    t.is(await at(zone), 'ok', zone);
  }
  for (const zone of ['Europe/Berln', '+02', 'UTC+2', 'MESZ-2MEZ', '', 'posixrules/../x', null]) {
    t.is(await at(zone), 'WF104', String(zone));
  }
});
