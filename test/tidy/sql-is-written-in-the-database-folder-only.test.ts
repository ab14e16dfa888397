import test from 'ava';
import ts from 'typescript';
import { read, sourceFiles } from '../support/files';

const statement = new RegExp(
  [
    'select\\s|insert\\s+into\\s|update\\s+\\S+\\s+set\\s|delete\\s+from\\s|with\\s+\\w+\\s+as\\s',
    'call\\s+\\w+\\.|(un)?listen\\s+"?\\w|notify\\s+\\w|set\\s+(local|session)\\s',
    'create\\s+(or|schema|table|function|index|view)\\s',
  ]
    .map((start) => `^\\s*(${start})`)
    .join('|'),
  'i',
);

test('SQL is written in driver/database only', (t) => {
  const found: string[] = [];
  const files = sourceFiles('.ts').filter(
    (path) => path.startsWith('driver/') && !path.startsWith('driver/database/'),
  );
  for (const path of files) {
    const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
      if (isText && statement.test(node.text)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        found.push(`${path}:${line + 1}`);
      }
      node.forEachChild(visit);
    };
    visit(source);
  }
  t.deepEqual(found, []);
});
