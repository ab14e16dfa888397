import test from 'ava';
import { engineFiles, read } from '../support/files';

const clock = 'sql/inspect/now.sql';
const calls = 'now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday';
const words = 'current_timestamp|current_date|current_time|localtime|localtimestamp';
const readings = new RegExp(`(?<![.\\w])(pg_catalog\\.)?(${calls})\\s*\\(|\\b(${words})\\b`, 'i');

test('only the clock function reads the clock', (t) => {
  const found = engineFiles()
    .filter((path) => path !== clock)
    .filter((path) => readings.test(read(path).replace(/--.*$/gm, '')));
  t.deepEqual(found, []);
});
