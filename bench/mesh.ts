import { Child } from './child';
import type { Flags } from './flags';
import { APP, DOCUMENT, STEP_TOPIC } from './graphs';
import { emptyOurs, one, type Side } from './sides';
import type { Database, Server } from './server';

const BATCH = 1_000;

/** A database of its own with the graphs of the benchmark, deployed and active. */
export async function graphDatabase(server: Server): Promise<Database> {
  const database = await server.database('ours', 'graphs');
  const { client } = database;
  if (await one(client, 'select not exists (select from ratchet.graph_versions)')) {
    await client.query('select ratchet.deploy($1)', [JSON.stringify(DOCUMENT)]);
    await client.query('select ratchet.activate($1, $2)', [DOCUMENT.app.version, APP]);
  }
  return database;
}

/** Jobs of a graph, each of so many worker activities, served by one process. */
export async function openMesh(server: Server, flags: Flags, steps: number): Promise<Side> {
  const database = await graphDatabase(server);
  const { client, url } = database;
  const worker = new Child('ours/mesh.mjs', flags.profile);
  await worker.send('open', { connectionString: url });
  const publish = {
    name: 'publish many',
    text: `select count(ratchet.publish($1, json_build_object('x', x), $2))
      from generate_series(1, $3::int) x`,
  };
  return {
    kind: 'ours',
    database,
    worker,
    reset: () => emptyOurs(client),
    async start(topic, count) {
      for (let left = count; left > 0; left -= BATCH) {
        await client.query({ ...publish, values: [topic, APP, Math.min(left, BATCH)] });
      }
    },
    drain: (_, count) =>
      worker.send('drain', { app: APP, topic: STEP_TOPIC, steps: count * steps }),
    ended: () =>
      one(client, 'select count(*)::int from ratchet.jobs where status = 0 and error is null'),
    isQuiet: () => one(client, 'select not exists (select from ratchet_internal.messages)'),
  };
}
