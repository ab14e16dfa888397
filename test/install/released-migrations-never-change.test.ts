import { createHash } from 'node:crypto';
import test from 'ava';
import { read } from '../support/files';

// A release adds the hash of each new migration to released.json, and from then on it is frozen:
// databases everywhere have applied exactly that text.
test('released migrations never change', (t) => {
  const released = JSON.parse(read('migrations/released.json')) as Record<string, string>;
  for (const [file, hash] of Object.entries(released)) {
    const text = read(`migrations/${file}`);
    t.is(createHash('sha256').update(text).digest('hex'), hash, file);
  }
  t.pass();
});
