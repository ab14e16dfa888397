import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'ava';
import { Client } from 'pg';
import { startEmbedded } from '../../driver/database/embedded';

test('a killed server restarts on its port with its data, and stops without a trace', async (t) => {
  const server = await startEmbedded({ settings: { max_connections: '10' } });
  const { connectionString, port, dataDir } = server;
  t.teardown(server.stop);
  await query(connectionString, 'create table kept as select 1 as one');
  await server.kill();
  t.is(server.pid, undefined);
  await t.throwsAsync(query(connectionString, 'select 1'), { code: 'ECONNREFUSED' });
  await server.restart();
  t.is(server.port, port);
  t.deepEqual(await query(connectionString, 'select one from kept'), [{ one: 1 }]);
  t.deepEqual(await query(connectionString, 'show max_connections'), [{ max_connections: '10' }]);
  await server.stop();
  t.false(existsSync(dirname(dataDir)));
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  // The server dies while connections are open.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
