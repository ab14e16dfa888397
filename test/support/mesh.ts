import type { ExecutionContext } from 'ava';
import { Client } from 'pg';
import {
  HotMesh,
  type HotMeshConfig,
  type WorkerCallback,
  type WorkerRetryPolicy,
} from '../../driver';
import { testDatabase } from './cluster';

export interface TestWorker {
  topic: string;
  callback: WorkerCallback;
  retryPolicy?: WorkerRetryPolicy;
  workflowName?: string;
}

/** A database with the engine, and instances of an app on it that end with the test. */
export async function meshTest(t: ExecutionContext<unknown>, appId = 'shop') {
  const { url, pool } = await testDatabase(t);
  const connection = { class: Client, options: { connectionString: url } };
  t.teardown(() => HotMesh.stop());
  async function init(workers: TestWorker[] = [], rest: Partial<HotMeshConfig> = {}) {
    return HotMesh.init({
      ...{ appId, logLevel: 'error', engine: { connection } },
      workers: workers.map((worker) => ({ ...worker, connection })),
      ...rest,
    });
  }
  /** An instance with a version deployed and active. */
  async function running(
    yaml: string,
    workers: TestWorker[] = [],
    rest: Partial<HotMeshConfig> = {},
  ) {
    const mesh = await init(workers, rest);
    const { version } = await mesh.deploy(yaml);
    await mesh.activate(version);
    return mesh;
  }
  return { url, pool, connection, init, running };
}
