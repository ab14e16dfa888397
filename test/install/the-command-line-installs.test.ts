import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { migrate } from '../../driver/database/migrate';
import { packageVersion } from '../../driver/database/package';
import { emptyDatabase, testDatabase } from '../support/cluster';

const main = join(__dirname, '..', '..', 'driver', 'cli', 'main.ts');

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

function pgratchet(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...process.execArgv, main, ...args],
      { env, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

test('migrate installs once, and says so', async (t) => {
  const { url } = await emptyDatabase(t);
  const first = await pgratchet(['migrate', '--database-url', url]);
  t.is(first.stderr, '');
  t.regex(first.stdout, /^applied 0001_pre_engine\n(.*\n)*The engine is installed\.\n$/);
  const second = await pgratchet(['migrate'], { DATABASE_URL: url });
  t.deepEqual(second, { code: 0, stdout: 'The engine is up to date.\n', stderr: '' });
});

test('a role that may not read the installation is told so', async (t) => {
  const { url, pool } = await testDatabase(t);
  const role = `ratchet_installer_${process.pid}`;
  await pool.query(`create role ${role} login password 'x'`);
  t.teardown(() => pool.query(`drop owned by ${role}; drop role ${role}`));
  const address = new URL(url);
  address.username = role;
  address.password = 'x';
  const { code, stdout, stderr } = await pgratchet(['migrate', '--database-url', address.href]);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(stderr, /^pgratchet: .*may not read.* \(WF701\)\n(.*\n)*  .*role that installed/);
  // A program under such a role goes on: what it may call is another question.
  const result = await migrate({ connectionString: address.href });
  t.deepEqual(result, { applied: [], isUnreadable: true });
});

test('sql prints the installation without commands of psql', async (t) => {
  const { code, stdout } = await pgratchet(['sql']);
  t.is(code, 0);
  t.regex(stdout, /^begin;$/m);
  t.notRegex(stdout, /^\\/m);
});

test('version and help print and succeed', async (t) => {
  const version = await pgratchet(['version']);
  t.deepEqual(version, { code: 0, stdout: `${packageVersion}\n`, stderr: '' });
  const help = await pgratchet(['--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /pgratchet migrate/);
});

test('wrong use is told from failure, and both say what to do', async (t) => {
  for (const args of [[], ['migrat'], ['migrate', '--url', 'x'], ['migrate', 'now'], ['migrate']]) {
    const { code, stdout, stderr } = await pgratchet(args);
    t.is(code, 2, args.join(' '));
    t.is(stdout, '');
    t.regex(stderr, /--database-url/);
  }
  const refused = await pgratchet(['migrate', '--database-url', 'postgres://x@127.0.0.1:1/x']);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /^pgratchet: .*ECONNREFUSED/);
});

test('what is no URL is refused before anything is connected to', async (t) => {
  const wrong = ['orders', 'localhost:5432/orders', 'host=localhost dbname=orders'];
  for (const address of [...wrong, 'postgres://u:1#2@localhost/orders']) {
    const { code, stderr } = await pgratchet(['migrate'], { DATABASE_URL: address });
    t.is(code, 2, address);
    t.regex(stderr, /^The database is named by a URL: postgres:\/\//);
  }
  const slash = await pgratchet(['migrate', '--database-url', 'postgres://u:p/2@host/orders']);
  t.is(slash.code, 1);
  t.regex(slash.stderr, /^pgratchet: Invalid URL .*\n {2}Write special characters as %23/);
  // A folder with the socket of a server, here of none.
  for (const address of ['/nowhere', 'socket:/nowhere?db=orders', 'postgres:///x?host=/nowhere']) {
    const { code, stderr } = await pgratchet(['migrate'], { DATABASE_URL: address });
    t.is(code, 1, address);
    t.regex(stderr, /^pgratchet: .*ENOENT/);
  }
});

test('a reader of the SQL that stops early ends it without a stack', async (t) => {
  const run = [...process.execArgv, main, 'sql'];
  const child = spawn(process.execPath, run, { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = text(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  await once(child, 'exit');
  t.is(await told, '');
});
