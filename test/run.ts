// npm test: one server for the whole run, every test file through AVA, and a last line to count by.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeBundles } from './support/bundles.cjs';
import { startCluster } from './support/cluster';

const root = join(__dirname, '..');

async function main(): Promise<number> {
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
  const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const tier = flags[0]?.slice(2) ?? 'fast';
  const built = tier === 'tidy' ? Promise.resolve() : build();
  built.catch(() => undefined); // heard of below
  const { environment, stop } = await startCluster();
  try {
    await built;
    const own = { PGRATCHET_TEST_TIER: tier, PGRATCHET_TEST_BUNDLES: makeBundles() };
    const env = { ...process.env, ...environment, ...own };
    const count = await runAva(patterns, env);
    if (count.passed + count.failed === 0) console.log('There are no tests to run.');
    // The runner may fail by itself, as when a file does not compile.
    if (count.exitCode !== 0 && count.failed === 0) count.failed = 1;
    await stop();
    console.log(`${count.passed} passed, ${count.failed} failed`);
    return count.failed > 0 || count.passed === 0 ? 1 : 0;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Some tests run the package as its users have it. */
async function build(): Promise<void> {
  const npm = spawn('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
  const [code] = (await once(npm, 'close')) as [number | null];
  if (code !== 0) throw new Error('The build failed, so nothing was tested.');
}

async function runAva(patterns: string[], env: NodeJS.ProcessEnv) {
  const cli = join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
  const ava = spawn(process.execPath, [cli, '--tap', ...patterns], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Ctrl-C reaches the tests too; when they have ended, the server is stopped as usual.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ava.kill(signal));
  const ended = new Promise<number>((resolve) => ava.once('close', (code) => resolve(code ?? 1)));
  const count = { passed: 0, failed: 0, exitCode: 0 };
  for await (const line of createInterface({ input: ava.stdout })) show(line, count);
  count.exitCode = await ended;
  return count;
}

/** A line of the Test Anything Protocol: results are counted, the plumbing is left out. */
function show(line: string, count: { passed: number; failed: number }): void {
  const result = /^(ok|not ok) \d+ - (.*?)(?: # (SKIP|TODO).*)?$/.exec(line);
  if (!result) {
    if (!/^(TAP version|1\.\.\d|# |---tty)|^\s*$/.test(line)) console.log(line);
    return;
  }
  const [, verdict, title, skipped] = result;
  if (skipped) console.log(`  - ${title} (${skipped.toLowerCase()})`);
  else if (verdict === 'ok') console.log(`  ✔ ${title}`);
  else console.log(`  ✘ ${title}`);
  if (skipped) return;
  if (verdict === 'ok') count.passed += 1;
  else count.failed += 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
