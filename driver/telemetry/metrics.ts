import type { Attributes, Meter } from './otel';

/** Counters and histograms; the README lists them. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(meter: Meter) {
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(`durable.${name}`, { unit, description });
  const histogram = (name: string, description: string) =>
    meter.createHistogram(`durable.${name}`, { unit: 'ms', description });
  const started = counter('workflow.started', '{workflow}', 'Workflows that began to run');
  const completed = counter('workflow.completed', '{workflow}', 'Workflows that returned');
  const failed = counter('workflow.failed', '{workflow}', 'Workflows that failed for good');
  const retries = counter('retries', '{run}', 'Failed runs that are to be tried again');
  const activities = counter('activity.executed', '{execution}', 'Executions of activities');
  const activityMs = histogram('activity.duration', 'How long an execution of an activity took');
  const exchangeMs = histogram('exchange.duration', 'How long an exchange with the database took');
  return {
    workflowStarted: (about: Attributes) => started.add(1, about),
    workflowCompleted: (about: Attributes) => completed.add(1, about),
    workflowFailed: (about: Attributes) => failed.add(1, about),
    retried: (about: Attributes) => retries.add(1, about),
    activityExecuted(milliseconds: number, isFailed: boolean, about: Attributes) {
      activities.add(1, { ...about, 'durable.outcome': isFailed ? 'failed' : 'completed' });
      activityMs.record(milliseconds, about);
    },
    exchanged: (milliseconds: number, isFailed: boolean) =>
      exchangeMs.record(milliseconds, { 'durable.outcome': isFailed ? 'failed' : 'completed' }),
  };
}
