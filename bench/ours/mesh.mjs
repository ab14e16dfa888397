// A process that serves an app of graphs as a user would write it: an engine, and a worker.
import pg from 'pg';
import { HotMesh } from '../../dist/index.mjs';
import { onCommands } from '../commands.mjs';

let answered = 0;
let total = 0;
let connection;

async function callback({ data }) {
  answered += 1;
  if (answered === total) process.send({ event: 'done' });
  return { data: { ok: true, x: data.x } };
}

onCommands({
  async open({ connectionString }) {
    connection = { class: pg.Client, options: { connectionString } };
  },
  async drain({ app, topic, steps }) {
    answered = 0;
    total = steps;
    const workers = [{ topic, connection, callback }];
    await HotMesh.init({ appId: app, engine: { connection }, workers });
  },
  /** Gives everything back, so that the next run starts up front again. */
  async rest() {
    await HotMesh.stop();
  },
});
