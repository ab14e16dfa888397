import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { say, type Colour } from './print';

const GRACE_MS = 5_000;
const examples = join(__dirname, '..');
const preload = pathToFileURL(join(__dirname, 'ends-with-parent.mjs')).href;

/** A file of the examples, running in a process of its own. */
export interface Program {
  pid: number;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  signal: (signal: NodeJS.Signals) => void;
}

const running = new Set<Program>();

/** Starts a program in its own folder; each line it prints is shown under its name. */
export function start(name: string, file: string, url: string, colour: Colour): Program {
  const path = join(examples, file);
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', preload, path], {
    cwd: dirname(path),
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => say(name, line, colour));
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // Not before its last line has been shown.
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  const program: Program = {
    pid: child.pid ?? 0,
    ended,
    signal: (signal) => void child.kill(signal),
  };
  running.add(program);
  void ended.then(() => running.delete(program));
  return program;
}

/** Ends every program; those that do not end in time are killed. */
export async function stopPrograms(): Promise<void> {
  const open = [...running];
  for (const program of open) program.signal('SIGTERM');
  const timer = setTimeout(() => {
    for (const program of open) program.signal('SIGKILL');
  }, GRACE_MS);
  await Promise.all(open.map(({ ended }) => ended));
  clearTimeout(timer);
}
