import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { chownSync, closeSync, openSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { embeddedBinaries } from './embedded-binaries';
import { cleanUpAfter, type CleanUp } from './embedded-cleanup';
import { type Owner, postgresOwner } from './embedded-owner';

const run = promisify(execFile);

export interface EmbeddedOptions {
  /** Postgres settings, such as `{ fsync: 'off' }`. The defaults of Postgres are durable. */
  settings?: Record<string, string>;
  /** Major version, `'15'` to `'18'`. Default: PG_VERSION, else the installed one. */
  version?: string;
  /** Its folder is made in this one. Default: the system's temporary folder. */
  parent?: string;
}

export interface EmbeddedPostgres {
  connectionString: string;
  port: number;
  /** Exists until `stop()`. */
  dataDir: string;
  /** Process id of the postmaster; undefined while it is down. */
  readonly pid: number | undefined;
  /** Ends the server and removes every file of it. */
  stop: () => Promise<void>;
  /** Sends a signal to the postmaster; a deadly one is waited for. Default SIGKILL. */
  kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** Ends the server if it runs, and starts it again on the same port with the same data. */
  restart: () => Promise<void>;
}

/**
 * Starts a throw-away Postgres on a free port of 127.0.0.1, in a second or two, also as root.
 * Whatever ends this process, a small shell notices, stops the server and removes its files.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const binaries = await embeddedBinaries(options.version ?? process.env['PG_VERSION']);
  const owner = postgresOwner();
  const folder = await mkdtemp(join(options.parent ?? tmpdir(), 'pgratchet-'));
  const cleanUp = cleanUpAfter(folder);
  try {
    if (owner) chownSync(folder, owner.uid, owner.gid);
    const native = await reachable(binaries.native, folder, owner);
    const server = new Postmaster(native, folder, owner, options.settings ?? {}, cleanUp);
    const password = randomBytes(12).toString('hex');
    await initialise(native, folder, owner, password);
    await server.start();
    const connectionString = `postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`;
    return {
      connectionString,
      port: server.port,
      dataDir: server.dataDir,
      get pid() {
        return server.process?.pid;
      },
      stop: () => cleanUp.now(),
      kill: (signal = 'SIGKILL') => server.kill(signal),
      restart: async () => {
        await server.kill('SIGINT');
        await server.start();
      },
    };
  } catch (error) {
    await cleanUp.now();
    throw error;
  }
}

async function initialise(native: string, folder: string, owner: Owner | undefined, pw: string) {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, verifierOf(pw), { mode: 0o600 });
  if (owner) chownSync(passwordFile, owner.uid, owner.gid);
  const flags = ['--auth=password', '--username=postgres', `--pwfile=${passwordFile}`];
  const locale = ['--locale=C', '--encoding=UTF8', '--no-sync', '--no-instructions'];
  const target = ['-D', join(folder, 'data')];
  await run(join(native, 'bin', 'initdb'), [...target, ...flags, ...locale], {
    ...owner,
    cwd: folder,
  });
  await rm(passwordFile);
}

/**
 * What the server keeps of the password (SCRAM, RFC 5803). A random one needs no stretching, and
 * the usual 4,096 rounds cost the server a few milliseconds for each connection.
 */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 1, 32, 'sha256');
  const keyOf = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  const serverKey = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$1:${salt.toString('base64')}$${stored}:${serverKey}`;
}

/** The owner may not be allowed into the folder of the package, as under /root: then a copy. */
async function reachable(native: string, folder: string, owner: Owner | undefined) {
  if (!owner) return native;
  try {
    await run(join(native, 'bin', 'postgres'), ['--version'], { ...owner, cwd: folder });
    return native;
  } catch {
    const copy = join(folder, 'native');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  }
}

class Postmaster {
  readonly dataDir: string;
  port = 0;
  process: ChildProcess | undefined;

  constructor(
    private readonly native: string,
    private readonly folder: string,
    private readonly owner: Owner | undefined,
    private readonly settings: Record<string, string>,
    private readonly cleanUp: CleanUp,
  ) {
    this.dataDir = join(folder, 'data');
  }

  /** Between finding a free port and using it somebody else may take it, hence the attempts. */
  async start(): Promise<void> {
    const fixedPort = this.port;
    for (let attempt = 1; ; attempt++) {
      if (!fixedPort) this.port = await freePort();
      if (await this.launch()) return;
      if (attempt < 20) {
        // After a SIGKILL, the last backends may hold the old shared memory for a moment.
        await pause(100);
        continue;
      }
      const log = await readFile(this.log, 'utf8').catch(() => '');
      throw new Error(`Embedded Postgres did not start:\n${log.slice(-2000)}`);
    }
  }

  private get log() {
    return join(this.folder, 'log');
  }

  /** True once it accepts connections, false if it ended instead. */
  private async launch(): Promise<boolean> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      // Files in the data folder, so that even after SIGKILL nothing stays in /dev/shm.
      dynamic_shared_memory_type: process.platform === 'win32' ? 'windows' : 'mmap',
      ...this.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log = openSync(this.log, 'a');
    const child = spawn(
      join(this.native, 'bin', 'postgres'),
      ['-D', this.dataDir, '-p', String(this.port), ...flags],
      { ...this.owner, cwd: this.folder, detached: true, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    child.unref();
    this.process = child;
    this.cleanUp.watch(child.pid);
    let ended = false;
    const end = () => {
      ended = true;
      this.process = undefined;
      this.cleanUp.watch(undefined);
    };
    child.once('exit', end);
    child.once('error', end);
    while (!ended) {
      const state = await readFile(join(this.dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
      const lines = state.split('\n');
      if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return true;
      await pause(20);
    }
    return false;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    if (!child) return;
    const isPause = signal === 'SIGSTOP' || signal === 'SIGCONT' || signal === 'SIGHUP';
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    if (isPause) return;
    child.ref();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
