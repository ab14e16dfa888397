import { access, constants, statfs } from 'node:fs/promises';
import { startEmbedded } from '../../driver/database/embedded';

export interface Server {
  /** Connects to a database from which others can be created. */
  url: string;
  stop: () => Promise<void>;
}

// Safe because nobody keeps the data: tests that cut the power start a server of their own.
const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** DATABASE_URL wins, then TEST_DATABASE=docker, else an embedded server; PG_VERSION picks. */
export async function startServer(): Promise<Server> {
  const named = process.env['DATABASE_URL'];
  if (named) return { url: named, stop: async () => undefined };
  if (process.env['TEST_DATABASE'] === 'docker') return startContainer();
  const settings = { ...fast, max_connections: '300' };
  const parent = await memoryFolder();
  const server = await startEmbedded({ settings, ...(parent === undefined ? {} : { parent }) });
  return { url: server.connectionString, stop: server.stop };
}

async function startContainer(): Promise<Server> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const flags = { ...fast, max_connections: '300' };
  const container = await new GenericContainer(`postgres:${process.env['PG_VERSION'] ?? '18'}`)
    .withEnvironment({ POSTGRES_PASSWORD: 'ratchet' })
    .withCommand(['postgres', ...Object.entries(flags).flatMap(([k, v]) => ['-c', `${k}=${v}`])])
    .withExposedPorts(5432)
    // The image starts the server twice: first to initialise, without a network.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(5432)}`;
  const stop = async () => void (await container.stop());
  return { url: `postgres://postgres:ratchet@${address}/postgres`, stop };
}

const MEMORY_FOLDER = '/dev/shm';
const NEEDED_BYTES = 4 * 2 ** 30;

/** Making and dropping some hundred databases costs a third less where files are memory. */
async function memoryFolder(): Promise<string | undefined> {
  try {
    await access(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = await statfs(MEMORY_FOLDER);
    return bavail * bsize > NEEDED_BYTES ? MEMORY_FOLDER : undefined;
  } catch {
    return undefined;
  }
}
