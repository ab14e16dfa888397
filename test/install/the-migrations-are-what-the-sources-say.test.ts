import test from 'ava';
import { expandSources } from '../../driver/database/sources';
import { engineFiles, read } from '../support/files';

test('the migrations are what the sources say', (t) => {
  const message = 'npm run migrations writes it anew';
  t.is(read('migrations/0001_pre_engine.sql'), expandSources('migration'), message);
});

test('every source file is part of the installation', (t) => {
  const script = expandSources('script');
  // The movable clock is installed by the test kit alone.
  const files = engineFiles().filter((path) => !path.startsWith('sql/testing/'));
  const missing = files.filter((path) => !script.includes(`\n-- ${path}\n`));
  t.deepEqual(missing, []);
});
