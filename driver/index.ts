export { migrate, type MigrateOptions, type MigrateResult } from './database/migrate';
export { RatchetError } from './errors';
export { Durable, Durable as MemFlow, Durable as MeshFlow } from './durable/durable';
export { DBA, type PruneOptions, type PruneResult } from './durable/dba';
export { Client, type ClientConfig } from './durable/client';
export { Connection, type ConnectionConfig } from './durable/connection';
export { Worker, type WorkerConfig, type WorkflowWorkerConfig } from './durable/worker';
export { WorkflowHandle } from './durable/handle';
export {
  ScheduleClient,
  type ScheduleChanges,
  type ScheduleOptions,
  type ScheduleStatus,
} from './durable/schedules';
export { workflow } from './durable/workflow';
export type { WorkflowInfo } from './durable/workflow-info';
export type { ExecHookOptions, HookOptions } from './durable/hooks';
export type { TerminateOptions } from './durable/terminate';
export { proxyActivities, type ActivityProxy, type ProxyOptions } from './durable/proxy-activities';
export { Search } from './durable/search';
export { Entity, type EntityDocument } from './durable/entity';
export type {
  EntityConditions,
  EntityIndexType,
  EntityOperator,
  EntityOperators,
  EntityRecord,
} from './durable/entity-queries';
export type {
  ExecutionEvent,
  ExecutionExport,
  ExecutionOptions,
  ExecutionSummary,
} from './durable/execution';
export type { ExportOptions, JobExport, TimelineEntry } from './durable/export';
export type { HotMeshClient } from './durable/mesh-client';
export type { ActivityInfo } from './durable/activity';
export type { ChildHandle } from './durable/children';
export type { RetryPolicy } from './durable/retry-policy';
export type { ClientStartOptions, StartOptions, Transaction } from './durable/start-options';
export type {
  ActivityInboundCallsInterceptor,
  InterceptorContext,
  WorkflowInboundCallsInterceptor,
  WorkflowInboundCallsInterceptor as WorkflowInterceptor,
  WorkflowOutboundCallsInterceptor,
  WorkflowOutboundCallsInterceptor as ActivityInterceptor,
  WorkflowOutboundCallsInterceptorContext,
  WorkflowOutboundCallsInterceptorContext as ActivityInterceptorContext,
} from './engine/interceptors';
export type { Codec } from './database/codec';
export type { EventSink, SystemEvent } from './events';
export * as Errors from './durable/errors';
export type { HubOptions as WorkerOptions } from './engine/hub';
export { Escalations, type EscalationClientConfig } from './durable/escalations';
export type { EscalationEntry } from './durable/escalation-entry';
export type { EscalationConfig } from './durable/escalation-fields';
export type { StepClient } from './database/step-transaction';
export { HotMesh } from './mesh/hotmesh';
export type { EngineConfig, HotMeshConfig, WorkerConfig as HotMeshWorker } from './mesh/config';
export type { Manifest } from './mesh/deploy';
export type { QuorumMessage, ThrottleOptions } from './mesh/fleet';
export type { QuorumProfile, RollCallOptions } from './mesh/profile';
export type { GraphProblem } from './mesh/graph-error';
export type { QuorumCallback } from './mesh/instance';
export type { Logger } from './mesh/logger';
export type {
  JobMetadata,
  JobOutput,
  StreamData,
  StreamDataResponse,
  StreamMetadata,
  WorkerCallback,
  WorkerRetryPolicy,
} from './mesh/messages';
export type {
  ExportedActivity,
  ExportOptions as GraphExportOptions,
  IdsResponse,
  InterruptOptions,
  JobExport as GraphExport,
  StatsQuery,
  StatsResponse,
} from './mesh/options';
export type { PublishContext, PublishOptions } from './mesh/publish';
export type { SubscriptionCallback } from './mesh/subscriptions';
export { Virtual, type VirtualInstance } from './virtual/virtual';
export type { VirtualContext } from './virtual/call-workflow';
export {
  replay,
  type ReplayDifference,
  type ReplayEnd,
  type ReplayOptions,
  type ReplayResult,
} from './replay/replay';
export type { StoredHistory, StoredStep } from './replay/stored-history';
export { Connector, ConnectorNATS, ConnectorPostgres } from './connectors';
export { KeyStore, Utils } from './compatibility';
export * as Enums from './enums';
export { StreamStatus } from './mesh/messages';
/** Every type of this package by its name: `Types.WorkerConfig`. */
export * as Types from './types';
