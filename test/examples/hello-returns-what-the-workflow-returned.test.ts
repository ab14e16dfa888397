import test from 'ava';
import { runExample } from './run-example';

test('hello returns what the workflow returned', async (t) => {
  t.deepEqual(await runExample(t, 'hello/hello.ts'), ['Hello, Ada!']);
});
