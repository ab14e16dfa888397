import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import type { JobStateWithMetadata } from './state';
import type { TerminateOptions } from './terminate';

/** The lower-level client: jobs by their ids, whatever made them. */
export interface HotMeshClient {
  /** The namespace. */
  readonly appId: string;
  readonly namespace: string;
  getStatus(jobId: string): Promise<number>;
  getState(topic: string, jobId: string): Promise<JobStateWithMetadata>;
  getQueryState(jobId: string, fields: string[]): Promise<Record<string, string | null>>;
  /** With `suppress` no error either where there is no such job. */
  interrupt(topic: string, jobId: string, options?: TerminateOptions): Promise<void>;
}

/** What it needs of a handle. */
interface Reached {
  status(): Promise<number>;
  state(metadata: true): Promise<JobStateWithMetadata>;
  queryState(fields: string[]): Promise<Record<string, string | null>>;
  terminate(options?: TerminateOptions): Promise<void>;
}

interface Target {
  hub: Hub;
  namespace: string;
}

const targets = new WeakMap<object, Target>();

export function hotMeshClient(
  hub: Hub,
  namespace: string,
  reach: (jobId: string) => Reached,
): HotMeshClient {
  const client: HotMeshClient = {
    appId: namespace,
    namespace,
    getStatus: (jobId) => reach(jobId).status(),
    getState: (_topic, jobId) => reach(jobId).state(true),
    getQueryState: (jobId, fields) => reach(jobId).queryState(fields),
    interrupt: async (_topic, jobId, options) => {
      try {
        await reach(jobId).terminate(options);
      } catch (error) {
        const isUnknown = (error as { code?: unknown } | null)?.code === 404;
        if (!isUnknown || options?.suppress !== true) throw error;
      }
    },
  };
  targets.set(client, { hub, namespace });
  return client;
}

/** The database and namespace of a client. @throws RatchetError WF104 */
export function targetOf(client: HotMeshClient): Target {
  const target = typeof client === 'object' && client !== null ? targets.get(client) : undefined;
  if (target !== undefined) return target;
  throw new RatchetError('WF104', 'hotMeshClient is not a client.', {
    hint: 'Give handle.hotMesh, or await client.getHotMeshClient(taskQueue, namespace).',
  });
}
