import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ERROR_CODES } from '../../driver/error-codes';
import { describeCode, RatchetError } from '../../driver/errors';

const rows = Object.entries(ERROR_CODES);

test('every code is of class WF and has a name of its own', (t) => {
  for (const [code, { name }] of rows) {
    t.regex(code, /^WF[1-79]\d\d$/);
    t.regex(name, /^[A-Z][A-Za-z]+$/);
  }
  t.is(new Set(rows.map(([, row]) => row.name)).size, rows.length);
});

test('meaning and advice are sentences', (t) => {
  for (const [code, { meaning, advice }] of rows) {
    t.regex(meaning, /^[A-Z].{15,}\.$/, code);
    t.regex(advice, /^[A-Z].{15,}\.$/, code);
  }
});

test('an error takes name, retry and advice from the table', (t) => {
  const error = new RatchetError('WF504', 'no result', { detail: { waitedMs: 5 } });
  t.is(error.name, 'ResultTimeout');
  t.true(error.retryable);
  t.is(error.hint, ERROR_CODES.WF504.advice);
  t.deepEqual(error.detail, { waitedMs: 5 });
  t.regex(String(error.stack), /^ResultTimeout: no result\n/);
  t.true(error instanceof Error);
});

test('a code of a newer schema is an error that advises an upgrade', (t) => {
  const error = new RatchetError('WF399', 'something new');
  t.is(error.code, 'WF399');
  t.false(error.retryable);
  t.regex(String(error.hint), /Upgrade/);
  t.is(describeCode('toString').name, 'RatchetError');
});

test('every code that is raised anywhere is in the table', (t) => {
  const root = join(__dirname, '..', '..');
  for (const folder of ['sql', 'driver']) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\.(sql|ts)$/.test(name))) {
      const text = readFileSync(join(root, folder, file), 'utf8');
      // WF000 is all of them, where errors are caught.
      for (const [code] of text.matchAll(/\bWF(?!000)\d{3}\b/g)) {
        t.true(Object.hasOwn(ERROR_CODES, code), `${code} in ${folder}/${file}`);
      }
    }
  }
});
