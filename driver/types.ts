// Every type of the package by its name, and by the names that code written for HotMesh knows.

import type { ConnectionConfig } from './durable/connection';

export type * from './durable/type-names';
export type * from './index';
/** A value as well: `Types.StreamStatus.SUCCESS`. */
export { StreamStatus } from './mesh/messages';

export type { EngineConfig as HotMeshEngine } from './mesh/config';
export type { QuorumCallback as QuorumMessageCallback } from './mesh/instance';
export type { Logger as ILogger } from './mesh/logger';
export type { InterruptOptions as JobInterruptOptions } from './mesh/options';
export type { StatsQuery as JobStatsInput } from './mesh/options';
export type { PublishContext as JobState, PublishOptions as ExtensionType } from './mesh/publish';
export type { SubscriptionCallback as JobMessageCallback } from './mesh/subscriptions';

export type StreamCode = number;
/** Open activities; 0 completed, below 0 reserved or interrupted. */
export type JobStatus = number;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- mapped by the graph, not by types
export type JobData = Record<string, any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of programs, which know it
export type StringAnyType = Record<string, any>;
export type StringStringType = Record<string, string>;
export type ProviderConfig = Exclude<ConnectionConfig, string>;
export type ProvidersConfig = ProviderConfig;
