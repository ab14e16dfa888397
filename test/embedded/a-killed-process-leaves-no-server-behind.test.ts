import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';

interface Started {
  port: number;
  dataDir: string;
  pid: number;
}

const embedded = join(__dirname, '..', '..', 'driver', 'database', 'embedded.ts');
const script = `
  const { startEmbedded } = require(${JSON.stringify(embedded)});
  startEmbedded({ settings: { fsync: 'off' } }).then(({ port, dataDir, pid }) => {
    console.log(JSON.stringify({ port, dataDir, pid }));
    setInterval(() => undefined, 1000);
  });
`;

for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
  test(`after ${signal} there is no server, file or port`, async (t) => {
    const child = spawn(process.execPath, [...process.execArgv, '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { port, dataDir, pid } = JSON.parse(line) as Started;
    t.true(existsSync(dataDir));
    child.kill(signal);
    await t.notThrowsAsync(
      within(10_000, async () => !existsSync(dataDir) && !isRunning(pid) && !(await answers(port))),
    );
  });
}

async function within(limitMs: number, holds: () => Promise<boolean>): Promise<void> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > limitMs) throw new Error(`not within ${limitMs} ms`);
    await pause(50);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
