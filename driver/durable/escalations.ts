import { checkSink, type EventSink } from '../events';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';
import { hubFor, type ConnectionConfig } from './connection';
import { EscalationClient } from './escalation-client';
import { targetOf, type HotMeshClient } from './mesh-client';

/** What a stand-alone client of tasks is given: one of the two ways to its database. */
export interface EscalationClientConfig {
  connection?: ConnectionConfig;
  /** As a client has it; called when the database is first needed. */
  getHotMeshClient?: (taskQueue: string, namespace?: string) => Promise<HotMeshClient>;
  /** Told of what is committed through this client. */
  events?: EventSink;
}

/** The queue is a label only: every client of a database reaches all its tasks. */
const QUEUE = 'escalations';

function hubOf({ connection, getHotMeshClient }: EscalationClientConfig) {
  if (connection !== undefined) {
    const hub = hubFor(connection);
    return () => hub;
  }
  if (typeof getHotMeshClient === 'function') {
    return async () => targetOf(await getHotMeshClient(QUEUE)).hub;
  }
  throw new RatchetError('WF104', 'Escalations.Client has no way to a database.', {
    detail: { option: 'connection' },
    hint: 'Give connection, or getHotMeshClient of a client: a function.',
  });
}

export class StandAloneClient extends EscalationClient {
  constructor(config: EscalationClientConfig) {
    checkOptions(config, ['connection', 'getHotMeshClient', 'events'], 'Escalations.Client');
    super(hubOf(config), config.events);
    checkSink(config.events);
  }
}

/**
 * Tasks for people. `new Escalations.Client({ connection })` is a client of them alone; so is one
 * with the `getHotMeshClient` of another client.
 */
export const Escalations = { Client: StandAloneClient };
