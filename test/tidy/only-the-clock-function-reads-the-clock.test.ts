import test from 'ava';
import { engineFiles, read } from '../support/files';

// The second takes the place of the first in databases of the test kit.
const clocks = ['sql/inspect/now.sql', 'sql/testing/now.sql'];
const calls = 'now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday';
const words = 'current_timestamp|current_date|current_time|localtime|localtimestamp';
const readings = new RegExp(`(?<![.\\w])(pg_catalog\\.)?(${calls})\\s*\\(|\\b(${words})\\b`, 'i');

test('only the clock function reads the clock', (t) => {
  const found = engineFiles()
    .filter((path) => !clocks.includes(path))
    .filter((path) => readings.test(read(path).replace(/--.*$/gm, '')));
  t.deepEqual(found, []);
});
