import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path/posix';
import test from 'ava';
import { read } from '../support/files';

const root = join(__dirname, '..', '..');

function packed(): Set<string> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const output = execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
  return new Set(files.map(({ path }) => path));
}

// Who installs the package has these pages and nothing else.
test('whatever a page of the package links to is in the package', (t) => {
  const files = packed();
  const pages = [...files].filter((path) => path.endsWith('.md'));
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => ({
      page,
      to: join(dirname(page), to ?? ''),
    })),
  );
  t.true(links.length > 30);
  const isThere = (path: string) =>
    files.has(path) || [...files].some((file) => file.startsWith(`${path}/`));
  t.deepEqual(
    links.filter(({ to }) => !isThere(to)),
    [],
  );
});
