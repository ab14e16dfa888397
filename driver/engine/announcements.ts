import { randomUUID } from 'node:crypto';
import { publishEvent, type EventSink, type SystemEvent } from '../events';

type Subject = { kind: 'engine' | 'worker'; name: string; appId: string };

function lifeEvent(subject: Subject, verb: string, data: Record<string, unknown>): SystemEvent {
  const { kind, name, appId } = subject;
  const ts = new Date().toISOString();
  return {
    event_id: `${name}:${verb}:${ts}`,
    type: `system.${kind}.${name}.${verb}`,
    ...{ ts, namespace: appId, app_id: appId, data },
  };
}

/** Tells the sinks of one process and database what starts and stops in it. */
export class Announcements {
  private readonly engines: (() => void)[] = [];
  private readonly workers = new Set<() => void>();
  private readonly told = new WeakMap<EventSink, Set<string>>();

  /** Once for a sink and namespace. */
  engineStarted(sink: EventSink | undefined, appId: string, guid: string = randomUUID()): void {
    if (sink === undefined) return;
    const apps = this.told.get(sink) ?? new Set<string>();
    if (apps.has(appId)) return;
    this.told.set(sink, apps.add(appId));
    const tell = (verb: string) =>
      publishEvent(sink, lifeEvent({ kind: 'engine', name: appId, appId }, verb, { appId, guid }));
    tell('started');
    this.engines.push(() => {
      apps.delete(appId);
      tell('stopped');
    });
  }

  engineDeployed(sink: EventSink | undefined, appId: string): void {
    publishEvent(sink, lifeEvent({ kind: 'engine', name: appId, appId }, 'deployed', { appId }));
  }

  /** Returns how to tell that it has stopped; once is enough. */
  workerStarted(sink: EventSink | undefined, taskQueue: string, appId: string): () => void {
    if (sink === undefined) return () => undefined;
    const subject: Subject = { kind: 'worker', name: taskQueue, appId };
    const tell = (verb: string) =>
      publishEvent(sink, lifeEvent(subject, verb, { taskQueue, appId }));
    tell('started');
    const stopped = () => {
      if (this.workers.delete(stopped)) tell('stopped');
    };
    this.workers.add(stopped);
    return stopped;
  }

  workersStopped(): void {
    for (const tell of this.workers) tell();
  }

  enginesStopped(): void {
    for (const tell of this.engines.splice(0)) tell();
  }
}
