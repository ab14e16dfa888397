// A process of its own for tests: a worker, or somebody who listens. Says over IPC what happens.
import { Client } from 'pg';
import { HotMesh } from '../../driver';

const [role = '', connectionString = '', topic = ''] = process.argv.slice(2);
const connection = { class: Client, options: { connectionString } };
const tell = (what: unknown) => process.send?.(what);

async function main() {
  const callback = async ({ data }: { data: { n: number } }) => {
    tell({ ran: data.n });
    return { data: { from: process.pid, n: data.n } };
  };
  const mesh = await HotMesh.init({
    ...{ appId: 'shop', logLevel: 'error', engine: { connection } },
    workers: role === 'worker' ? [{ topic, connection, callback }] : [],
  });
  if (role === 'listener') {
    await mesh.psub(topic, (published, { data }) => tell({ published, data: data as unknown }));
    await mesh.subQuorum((_topic, message) => tell({ quorum: message.message }));
  }
  tell({ ready: true });
}

process.once('disconnect', () => void HotMesh.stop().then(() => process.exit(0)));
void main();
