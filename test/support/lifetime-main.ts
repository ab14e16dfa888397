// A process that serves by polling alone, with long pauses and nothing else to do, and stops in the
// way that it is told to. It says so, unless it has ended before.
import { Client } from 'pg';
import { Durable, HotMesh } from '../../driver';

const [way, url] = process.argv.slice(2);
const options = { connectionString: url, idleTimeoutMillis: 100 };
const connection = { class: Client, options };
const settings = { install: false, notifications: false, pollMs: 60_000 };
/** By then its connections are closed. */
const LATER_MS = 1_500;

async function wait(): Promise<void> {
  await Durable.workflow.sleep('1 hour');
}

const begin: Record<string, () => Promise<() => Promise<void>>> = {
  async worker() {
    const to = { connection, taskQueue: 'q', options: settings };
    const worker = await Durable.Worker.create({ ...to, workflow: wait });
    return () => worker.stop();
  },
  async shutdown() {
    const to = { connection, taskQueue: 'q', options: settings };
    await Durable.Worker.create({ ...to, workflow: wait });
    return () => Durable.shutdown();
  },
  async instance() {
    // The first on a connection says how it is polled.
    const { install, notifications } = settings;
    new Durable.Client({ connection, install, notifications });
    const mesh = await HotMesh.init({ appId: 'shop', logLevel: 'error', engine: { connection } });
    return () => mesh.stop();
  },
};

void begin[way ?? '']?.().then((stop) => {
  console.log('serves');
  setTimeout(() => void stop().then(() => console.log('stopped')), LATER_MS).unref();
});
