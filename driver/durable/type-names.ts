// Types by the names that programs written for this API know them by.

import type { ExecutionExport, ExecutionOptions } from './execution';

export type { Codec as PayloadCodec } from '../database/codec';
export type { EventSink as EventsConfig } from '../events';
export type { Manifest as HotMeshManifest } from '../mesh/deploy';
export type { EscalationConfig as ConditionQueueConfig } from './escalation-fields';
export type {
  CreateEscalation as CreateEscalationParams,
  MigrateEscalation as MigrateEscalationParams,
} from './escalation-fields';
export type { ListOptions as ListEscalationsParams } from './escalation-filter';
export type {
  ClaimOptions as ClaimEscalationParams,
  ClaimResult as ClaimEscalationResult,
  ResolveResult as ResolveEscalationResult,
} from './escalation-results';
export type {
  ExecutionEvent as WorkflowExecutionEvent,
  ExecutionEventType as WorkflowEventType,
  ExecutionExport as WorkflowExecution,
  ExecutionOptions as ExecutionExportOptions,
  ExecutionSummary as WorkflowExecutionSummary,
} from './execution';
export type { JobExport as DurableJobExport, TimelineEntry as TimelineType } from './export';
export type {
  ActivityProxy as ProxyType,
  ProxyOptions as ActivityConfig,
} from './proxy-activities';
export type { RetryPolicy as WorkflowConfig } from './retry-policy';
export type { StartOptions as WorkflowOptions } from './start-options';
export type { WorkflowInfo as WorkflowContext } from './workflow-info';
export type WorkflowExecutionStatus = ExecutionExport['status'];
export type ExportMode = NonNullable<ExecutionOptions['mode']>;
