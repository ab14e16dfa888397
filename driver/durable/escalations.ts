import type { EventSink } from '../events';
import { checkOptions } from '../options';
import { hubFor, type ConnectionConfig } from './connection';
import { EscalationClient } from './escalation-client';

/** What a stand-alone client of tasks is given. */
export interface EscalationClientConfig {
  connection: ConnectionConfig;
  /** Told of what is committed through this client. */
  events?: EventSink;
}

export class StandAloneClient extends EscalationClient {
  constructor(config: EscalationClientConfig) {
    checkOptions(config, ['connection', 'events'], 'Escalations.Client');
    super(hubFor(config.connection), config.events);
  }
}

/** Tasks for people. `new Escalations.Client({ connection })` is a client of them alone. */
export const Escalations = { Client: StandAloneClient };
