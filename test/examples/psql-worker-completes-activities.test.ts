import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { engine } from '../support/engine';
import { temporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

const sql = engine();
const script = join(__dirname, '..', '..', 'examples', 'psql-worker', 'worker.sh');
const hasPsql = spawnSync('psql', ['--version']).status === 0;
const testWithPsql = hasPsql ? test.serial : test.serial.skip;
if (!hasPsql) console.error('psql is not installed: its example is not run.');

/** Runs the script; it is stopped with the test. */
function startWorker(t: ExecutionContext, queue: string, more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, DATABASE_URL: sql.url(), POLL_SECONDS: '0.1', ...more };
  const child = spawn('bash', [script, queue], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGTERM'));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const closed = once(child, 'close') as Promise<[number]>;
  return { child, lines, closed };
}

/** A job that waits for one activity for each of `inputs`, and the worker that holds it. */
async function jobOf(queue: string, inputs: unknown[][], options: object = {}) {
  const holder = await sql.worker(`${queue}-flow`);
  const job = await sql.start(`${queue}-flow`, queue);
  await sql.exchange(holder);
  await sql.exchange(holder, {
    plans: inputs.map((input, index) => ({
      ...{ job, position: index + 1, kind: 'activity', name: 'upper', queue, input, options },
    })),
  });
  const answers = () =>
    sql.rows('select is_done, is_failed, value from ratchet.history($1)', [[job]]);
  const allDone = async () => {
    const rows = await answers();
    return rows.every((row) => row['is_done']) ? rows : undefined;
  };
  return { job, answered: () => waitFor('every activity is answered', allDone) };
}

testWithPsql('it registers, completes activities and stops cleanly on SIGTERM', async (t) => {
  const queue = sql.name();
  const texts = ['hello', `it's "quoted"; $(rm) \\ \n two lines`, 'a turtle 🐢', ''];
  const { answered } = await jobOf(
    queue,
    texts.map((text) => [text]),
  );
  const { child, lines, closed } = startWorker(t, queue);
  const rows = await answered();
  t.deepEqual(
    rows.map((row) => JSON.parse(row['value'] as string) as unknown),
    texts.map((text) => text.toUpperCase()),
  );
  child.kill('SIGTERM');
  t.deepEqual(await closed, [0, null]);
  t.regex(lines[0] ?? '', new RegExp(`^worker \\d+ serves ${queue}$`));
  t.is(lines.at(-1), 'stopped');
  t.is(await sql.value(`select count(*)::int from ratchet.workers where name = 'psql-worker'`), 0);
});

testWithPsql('what it cannot do fails with a message, and it goes on', async (t) => {
  const queue = sql.name();
  const options = { maximumAttempts: 0 };
  const { answered } = await jobOf(queue, [['\u0000'], ['next']], options);
  const { child, closed } = startWorker(t, queue);
  const [first, second] = await answered();
  t.true(first?.['is_failed']);
  t.regex(first?.['value'] as string, /22P05/);
  t.is(second?.['value'], '"NEXT"');
  child.kill('SIGTERM');
  await closed;
});

testWithPsql('it registers anew when its lease was taken over', async (t) => {
  const queue = sql.name();
  const { child, lines, closed } = startWorker(t, queue);
  await waitFor('it has registered', () => lines.length > 0);
  const own = (lines[0] ?? '').split(' ')[1] ?? '';
  await sql.rows('select ratchet.unregister_worker($1)', [own]);
  const { answered } = await jobOf(queue, [['again']]);
  const rows = await answered();
  t.is(rows[0]?.['value'], '"AGAIN"');
  child.kill('SIGTERM');
  await closed;
  t.is(lines.filter((line) => line.includes('serves')).length, 2);
});

/** Runs psql, but tells nothing of the first claim that took something. */
const FORGETFUL = `#!/usr/bin/env bash
PATH=\${PATH#*:}
input=$(cat)
output=$(psql "$@" <<<"$input") || exit
if [[ $input == *claim_activity* && -n $output && ! -e $0.told ]]; then
  touch "$0.told"
  exit 2
fi
[[ -z $output ]] || echo "$output"
`;

testWithPsql('what a claim took that got no answer is claimed again', async (t) => {
  const queue = sql.name();
  const folder = temporaryFolder({ psql: FORGETFUL });
  await chmod(join(folder, 'psql'), 0o755);
  const { answered } = await jobOf(queue, [['lost']]);
  const { child, closed } = startWorker(t, queue, { PATH: `${folder}:${process.env['PATH']}` });
  const rows = await answered();
  t.is(rows[0]?.['value'], '"LOST"');
  child.kill('SIGTERM');
  await closed;
});
