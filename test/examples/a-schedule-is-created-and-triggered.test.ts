import test from 'ava';
import { runExample } from './run-example';

test('a schedule is created and triggered', async (t) => {
  t.deepEqual(await runExample(t, 'schedule/schedule.ts'), [
    'next at 08:30 in Berlin',
    'daily report, run report',
    'cron 30 8 * * mon-fri: active, 1 run',
  ]);
});
