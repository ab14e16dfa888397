/** Something that happened to the system; sent after it was committed. */
export interface SystemEvent {
  /** `<app or queue>:<verb>:<ts>` */
  event_id: string;
  /** `system.engine.<appId>.started`, for example. */
  type: string;
  ts: string;
  namespace: string;
  app_id: string;
  workflow_id?: string;
  topic?: string;
  origin_id?: string;
  parent_id?: string;
  trace_id?: string;
  span_id?: string;
  data: Record<string, unknown>;
}

export interface EventSink {
  publish: (event: SystemEvent) => unknown;
}

type Verb = 'started' | 'stopped' | 'deployed';

/** Tells the sink, and waits for nothing: what it throws or rejects with goes to `onError`. */
export function publishEngineEvent(
  sink: EventSink | undefined,
  verb: Verb,
  { appId, namespace, guid }: Record<'appId' | 'namespace' | 'guid', string>,
  onError: (error: unknown) => void,
): void {
  if (sink === undefined) return;
  const ts = new Date().toISOString();
  const event: SystemEvent = {
    ...{ event_id: `${appId}:${verb}:${ts}`, type: `system.engine.${appId}.${verb}`, ts },
    ...{ namespace, app_id: appId, data: verb === 'deployed' ? { appId } : { appId, guid } },
  };
  void (async () => sink.publish(event))().catch(onError);
}
