// npm run check: everything that can be said about the code without running workflows.
// Two steps at a time; the output of a step is shown only when it fails.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const binaries = join(root, 'node_modules', '.bin');

type Step = [name: string, command: string, ...args: string[]];

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'pgratchet-check-'));
  try {
    // First, because the examples import the package by its name.
    const failed = await lane([['build', 'node', 'driver/build.mjs']]);
    const results = await Promise.all([lane(sources), lane(artefacts(folder))]);
    failed.push(...results.flat());
    console.log(failed.length > 0 ? `check: failed: ${failed.join(', ')}` : 'check: ok');
    return failed.length > 0 ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sources: Step[] = [
  ['types', 'tsc', '-p', '.'],
  ['lint', 'eslint', '--max-warnings', '0', '.'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
];

/** What people install is checked packed, as they get it. */
function artefacts(folder: string): (Step | (() => Promise<Step[]>))[] {
  const tarball = async (): Promise<Step[]> => {
    const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (!file) return [];
    const path = join(folder, file);
    return [
      ['publint', 'publint', '--strict', path],
      ['attw', 'attw', '--profile', 'node16', path],
    ];
  };
  const tidy: Step[] = existsSync(join(root, 'test', 'tidy'))
    ? [['tidy', 'tsx', 'test/run.ts', '--tidy', 'test/tidy/**']]
    : [];
  return [
    ['unused', 'knip'],
    ['pack', 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
    tarball,
    ...tidy,
  ];
}

/** Runs steps one after another; a step that fails does not stop the others. */
async function lane(steps: (Step | (() => Promise<Step[]>))[]): Promise<string[]> {
  const failed: string[] = [];
  for (const step of steps) {
    if (typeof step === 'function') failed.push(...(await lane(await step())));
    else if (!(await passes(step))) failed.push(step[0]);
  }
  return failed;
}

async function passes([name, command, ...args]: Step): Promise<boolean> {
  const started = performance.now();
  const local = join(binaries, command);
  const child = spawn(existsSync(local) ? local : command, args, {
    cwd: root,
    env: { ...process.env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk));
  }
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(error.message));
      resolve(1);
    });
    child.once('close', resolve);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)`);
  if (code !== 0) console.log(Buffer.concat(output).toString());
  return code === 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
