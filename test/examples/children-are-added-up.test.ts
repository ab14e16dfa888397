import test from 'ava';
import { runExample } from './run-example';

test('children are added up', async (t) => {
  t.deepEqual(await runExample(t, 'children/children.ts'), ['10 words']);
});
