// npm run migrations: writes what follows from sql/, namely the migration and the golden dump.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../driver/database/embedded';
import { dumpCatalog } from './golden';
import { migrate } from '../driver/database/migrate';
import { expandSources, migrationsFolder } from '../driver/database/sources';

async function main() {
  // Until the first release there is one migration, and it is rewritten whole.
  writeFileSync(join(migrationsFolder, '0001_pre_engine.sql'), expandSources('migration'));
  const server = await startEmbedded({ settings: { fsync: 'off' } });
  try {
    const { connectionString } = server;
    await migrate({ connectionString });
    const client = new Client({ connectionString });
    await client.connect();
    writeFileSync(join(migrationsFolder, 'schema.golden'), await dumpCatalog(client));
    await client.end();
  } finally {
    await server.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
