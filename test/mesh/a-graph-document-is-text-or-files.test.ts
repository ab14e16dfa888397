import { join } from 'node:path';
import test from 'ava';
import { RatchetError } from '../../driver';
import { readGraphDocument } from '../../driver/mesh/graph-document';
import type { GraphProblem } from '../../driver/mesh/graph-error';
import { temporaryFolder } from '../support/temporary-folder';

/** Files in a folder of their own; answers the path of the first. */
function files(contents: Record<string, string>): string {
  return join(temporaryFolder(contents), Object.keys(contents)[0] ?? '');
}

function problemsOf(source: string): GraphProblem[] {
  try {
    readGraphDocument(source);
  } catch (error) {
    if (error instanceof RatchetError && error.code === 'WF106') {
      return error.detail?.['problems'] as GraphProblem[];
    }
    throw error;
  }
  return [];
}

test('text with a line break is YAML, whatever it begins with', (t) => {
  const { value } = readGraphDocument('# a comment\n\nactivities:\n  t: { type: trigger }\n');
  t.deepEqual(value, { activities: { t: { type: 'trigger' } } });
  t.deepEqual(readGraphDocument('app: { id: x }').value, { app: { id: 'x' } });
  t.deepEqual(readGraphDocument('{"app": {"id": "x"}}').value, { app: { id: 'x' } });
});

test('any other single line is the path of a file', (t) => {
  const path = files({ 'g.yaml': '# first\nactivities:\n  t:\n    type: trigger\n' });
  const { value, placeOf } = readGraphDocument(path);
  t.deepEqual(value, { activities: { t: { type: 'trigger' } } });
  t.deepEqual(placeOf(['activities', 't', 'type']), { line: 4, column: 5, file: path });
  const [missing] = problemsOf('./no-such-file.yaml');
  t.regex(missing?.message ?? '', /no-such-file\.yaml cannot be read \(ENOENT\)/);
});

test('every place is found, through lists, anchors and merged maps', (t) => {
  const { placeOf } = readGraphDocument(
    [
      'base: &base',
      '  topic: x',
      'activities:',
      '  a:',
      '    <<: *base',
      '    type: worker',
      'list:',
      '  - one',
      '  - two: 2',
      'alias: *base',
    ].join('\n'),
  );
  t.deepEqual(placeOf(['activities', 'a', 'topic']), { line: 2, column: 3 });
  t.deepEqual(placeOf(['activities', 'a', 'type']), { line: 6, column: 5 });
  t.deepEqual(placeOf(['list', '1', 'two']), { line: 9, column: 5 });
  t.deepEqual(placeOf(['alias', 'topic']), { line: 2, column: 3 });
  t.deepEqual(placeOf(['activities', 'a', 'missing', 'deeper']), { line: 4, column: 3 });
  t.deepEqual(placeOf([]), { line: 1, column: 1 });
});

test('a merged map is merged', (t) => {
  const text = 'b: &b { topic: x, type: hook }\nw:\n  <<: *b\n  type: worker\n';
  t.deepEqual(readGraphDocument(text).value, {
    b: { topic: 'x', type: 'hook' },
    w: { topic: 'x', type: 'worker' },
  });
});

const invalid: [title: string, text: string, line: number, message: RegExp][] = [
  ['a list that is not closed', 'a: 1\nb: [1, 2\n', 3, /flow|sequence/i],
  ['a key that is there twice', 'a: 1\nb: 2\na: 3\n', 3, /unique/i],
  ['wrong indentation', 'a:\n  b: 1\n c: 2\n', 3, /indent|implicit|map/i],
  ['two documents', 'a: 1\n---\nb: 2\n', 2, /document/i],
  ['an unknown alias', 'a: 1\nb: *nope\n', 2, /alias/i],
  ['a number without an end', 'a:\n  sleep: .inf\n', 2, /\.inf is no number/],
  ['a number that is too large', 'a: 1\nb: 1e400\n', 2, /1e400 is no number/],
  ['an alias within itself', 'a: &a\n  b: *a\n', 1, /circular/i],
];

for (const [title, text, line, message] of invalid) {
  test(`${title} is refused with its line`, (t) => {
    const [problem] = problemsOf(text);
    t.is(problem?.line, line, JSON.stringify(problem));
    t.true((problem?.column ?? 0) >= 1);
    t.regex(problem?.message ?? '', message);
  });
}

test('aliases that multiply are refused before they fill the memory', (t) => {
  const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
  for (let i = 1; i < 10; i += 1) {
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  }
  t.regex(problemsOf(lines.join('\n'))[0]?.message ?? '', /alias/i);
});

test('references stand for other files, and parts of them, relative to their own', (t) => {
  const path = files({
    'app.yaml': "app:\n  id: x\n  graphs:\n    - $ref: './graph.yaml'\n",
    'graph.yaml':
      "activities:\n  t: { type: trigger }\n  a:\n    $ref: 'parts.yaml#/workers/a~1b'\n",
    'parts.yaml':
      "workers:\n  a/b:\n    type: worker\n    topic: '#x'\n  c:\n    $ref: '#/maps'\nmaps: {}\n",
  });
  const { value, placeOf } = readGraphDocument(path);
  t.deepEqual(value, {
    app: {
      id: 'x',
      graphs: [{ activities: { t: { type: 'trigger' }, a: { type: 'worker', topic: '#x' } } }],
    },
  });
  const place = placeOf(['app', 'graphs', '0', 'activities', 'a', 'topic']);
  t.like(place, { line: 4, column: 5 });
  t.regex(place.file ?? '', /parts\.yaml$/);
  t.regex(placeOf(['app', 'graphs', '0', 'activities', 't']).file ?? '', /graph\.yaml$/);
  t.regex(placeOf(['app', 'id']).file ?? '', /app\.yaml$/);
});

test('references that lead nowhere, in circles or out of the files are refused', (t) => {
  const messageOf = (contents: Record<string, string>) => problemsOf(files(contents))[0];
  t.like(messageOf({ 'a.yaml': "x: 1\ny:\n  $ref: 'b.yaml'\n" }), { line: 3, column: 3 });
  t.regex(
    messageOf({ 'a.yaml': "x:\n  $ref: 'b.yaml'\n" })?.message ?? '',
    /b\.yaml cannot be read/,
  );
  const circle = { 'a.yaml': "x:\n  $ref: 'b.yaml'\n", 'b.yaml': "y:\n  $ref: 'a.yaml'\n" };
  t.regex(messageOf(circle)?.message ?? '', /leads back to itself/);
  t.regex(messageOf(circle)?.file ?? '', /b\.yaml$/);
  t.regex(messageOf({ 'a.yaml': "x: { $ref: '#/x' }\n" })?.message ?? '', /leads back to itself/);
  t.regex(
    messageOf({ 'a.yaml': "x: { $ref: '#/no' }\n" })?.message ?? '',
    /nothing at the reference/,
  );
  t.regex(messageOf({ 'a.yaml': "x: { $ref: 'https://h/a' }\n" })?.message ?? '', /is no file/);
  const broken = messageOf({ 'a.yaml': "x:\n  $ref: 'b.yaml'\n", 'b.yaml': 'y: [\n' });
  t.regex(broken?.file ?? '', /b\.yaml$/);
  t.is(broken?.line, 2);
});

test('a reference in text without a file is left to the validation', (t) => {
  t.deepEqual(readGraphDocument("x:\n  $ref: 'b.yaml'\n").value, { x: { $ref: 'b.yaml' } });
});
