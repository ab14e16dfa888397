// A process of its own that runs a graph: its engine, and its worker activities. Dies where it is
// told to; says how many exchanges it has had when it is asked.
import { Client } from 'pg';
import { HotMesh } from '../../driver';
import { armCrash, exchangeCount, type CrashPoint } from './crash-point';
import { graphWorker } from './graph-crash';

export interface GraphWorkerSettings {
  url: string;
  app: string;
  name: string;
  crash?: CrashPoint | undefined;
}

const { url, app, name, crash } = JSON.parse(process.argv[2] ?? '{}') as GraphWorkerSettings;

armCrash(crash);
process.on('message', () => process.send?.({ exchanges: exchangeCount() }));
process.once('disconnect', () => process.exit(0));
void HotMesh.init(
  graphWorker(app, { class: Client, options: { connectionString: url, application_name: name } }),
);
