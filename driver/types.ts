// Every type of the package by its name, and by the names that code written for HotMesh knows.

import type { ConnectionConfig } from './durable/connection';
import type { ExecutionExport, ExecutionOptions } from './durable/execution';

export type * from './index';
/** A value as well: `Types.StreamStatus.SUCCESS`. */
export { StreamStatus } from './mesh/messages';

export type { Codec as PayloadCodec } from './database/codec';
export type { EventSink as EventsConfig } from './events';
export type { Manifest as HotMeshManifest } from './mesh/deploy';
export type { EscalationConfig as ConditionQueueConfig } from './durable/escalation-fields';
export type {
  CreateEscalation as CreateEscalationParams,
  MigrateEscalation as MigrateEscalationParams,
} from './durable/escalation-fields';
export type { ListOptions as ListEscalationsParams } from './durable/escalation-filter';
export type {
  ClaimOptions as ClaimEscalationParams,
  ClaimResult as ClaimEscalationResult,
  ResolveResult as ResolveEscalationResult,
} from './durable/escalation-results';
export type {
  ExecutionEvent as WorkflowExecutionEvent,
  ExecutionEventType as WorkflowEventType,
  ExecutionExport as WorkflowExecution,
  ExecutionOptions as ExecutionExportOptions,
  ExecutionSummary as WorkflowExecutionSummary,
} from './durable/execution';
export type {
  JobExport as DurableJobExport,
  TimelineEntry as TimelineType,
} from './durable/export';
export type {
  ActivityProxy as ProxyType,
  ProxyOptions as ActivityConfig,
} from './durable/proxy-activities';
export type { RetryPolicy as WorkflowConfig } from './durable/retry-policy';
export type { StartOptions as WorkflowOptions } from './durable/start-options';
export type { WorkflowInfo as WorkflowContext } from './durable/workflow-info';
export type WorkflowExecutionStatus = ExecutionExport['status'];
export type ExportMode = NonNullable<ExecutionOptions['mode']>;

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
