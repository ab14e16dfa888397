import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';

export interface CleanUp {
  /** Names the process to end; undefined when there is none at the moment. */
  watch(pid: number | undefined): void;
  /** Ends the process and removes the folder. May be called twice. */
  now(): Promise<void>;
}

// Reads process ids from its standard input, and acts when that ends: on request, and just as
// well when the process that holds the other end dies, even by SIGKILL. Ctrl-C does not reach it
// (it has its own session). The seventh line of postmaster.pid names a shared memory segment that
// a killed server leaves behind. A process that is dead but not yet waited for counts as gone.
const script = `
alive() { kill -0 "$1" && ! grep -q '^State:.Z' "/proc/$1/status"; }
folder=$1
pid=
while read -r line; do pid=$line; done
segment=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid"; kill -CONT "$pid"
  tries=0
  while alive "$pid" && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
  kill -KILL "$pid"
fi
[ -n "$segment" ] && ipcrm -m "$segment"
tries=0
while [ -e "$folder" ] && [ "$tries" -lt 50 ]; do
  rm -rf "$folder" || sleep 0.1
  tries=$((tries + 1))
done
`;

/** One way of cleaning up, whoever asks for it: the owner, or the death of this process. */
export function cleanUpAfter(folder: string): CleanUp {
  const shell = spawn('/bin/sh', ['-c', script, 'sh', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  const input = shell.stdin;
  // A shell that somebody killed must not take this process along.
  input.on('error', () => undefined);
  shell.unref();
  (input as unknown as Socket).unref();
  return {
    watch: (pid) => void input.write(`${pid ?? ''}\n`),
    now: async () => {
      shell.ref();
      input.end();
      await ended;
      if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
    },
  };
}
