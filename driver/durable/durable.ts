import { randomUUID } from 'node:crypto';
import { registerCodec } from '../database/codec';
import { disconnectAll } from '../connectors';
import { closeHubs } from '../engine/hub';
import { guid } from '../guid';
import { activity } from './activity';
import { Client } from './client';
import { Connection } from './connection';
import { didInterrupt } from './errors';
import { Entity } from './entity';
import { WorkflowHandle } from './handle';
import { interceptors } from './interceptors';
import { Search } from './search';
import { registerActivityWorker, Worker } from './worker';
import { workerRoles } from './worker-roles';
import { workflow } from './workflow';

/** Durable workflows written as plain functions. */
export const Durable = {
  Client,
  Worker,
  Connection,
  Handle: WorkflowHandle,
  Search,
  Entity,
  workflow,
  activity,
  registerActivityWorker,
  didInterrupt,
  ...interceptors,
  ...workerRoles,
  registerCodec,
  guid,
  uuid: (): string => randomUUID(),
  /** Stops every client, worker and connection of this process; new ones may be made afterwards. */
  async shutdown(): Promise<void> {
    await Promise.all([closeHubs(), disconnectAll()]);
  },
};
