import { hubOf, type Connection } from '../engine/hub';
import { RatchetError } from '../errors';
import { currentWorkflow, durably } from './current-turn';
import { meshClientOf } from './handle';
import type { HotMeshClient } from './mesh-client';

/**
 * The lower-level client of the namespace of the workflow that is running, over the
 * connection of its worker. What it does is no step: a replay does it again.
 */
export function getHotMesh(): Promise<HotMeshClient> {
  return durably(meshOfWorkflow);
}

function meshOfWorkflow(): HotMeshClient {
  const { turn } = currentWorkflow('getHotMesh');
  const { connection } = turn.host;
  if (connection === undefined) {
    throw new RatchetError('WF303', 'getHotMesh was called where there is no database.', {
      hint: 'A replay of a stored history has none; call it in an activity instead.',
    });
  }
  return meshClientOf(hubOf(connection as Connection), turn.work.namespace);
}
