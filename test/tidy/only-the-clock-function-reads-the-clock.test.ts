import test from 'ava';
import { engineFiles, read } from '../support/files';

const clock = 'sql/inspect/now.sql';
const readings =
  /(?<![.\w])(pg_catalog\.)?(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|\b(current_timestamp|current_date|current_time|localtime|localtimestamp)\b/i;

test('only the clock function reads the clock', (t) => {
  const found = engineFiles()
    .filter((path) => path !== clock)
    .filter((path) => readings.test(read(path).replace(/--.*$/gm, '')));
  t.deepEqual(found, []);
});
