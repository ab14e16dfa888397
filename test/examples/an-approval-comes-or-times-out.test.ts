import test from 'ava';
import { runExample } from './run-example';

test('an approval comes or times out', async (t) => {
  t.deepEqual(await runExample(t, 'approval/approval.ts'), [
    '20: approved by maria',
    '2000000: nobody answered',
  ]);
});
