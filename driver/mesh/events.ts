import { publishEvent, type EventSink, type SystemEvent } from '../events';

/** Tells a sink what became of an instance, after it has. */
export function publishEngineEvent(
  sink: EventSink | undefined,
  verb: 'started' | 'stopped' | 'deployed',
  { appId, namespace, guid }: Record<'appId' | 'namespace' | 'guid', string>,
): void {
  const ts = new Date().toISOString();
  const event: SystemEvent = {
    ...{ event_id: `${appId}:${verb}:${ts}`, type: `system.engine.${appId}.${verb}`, ts },
    ...{ namespace, app_id: appId, data: verb === 'deployed' ? { appId } : { appId, guid } },
  };
  publishEvent(sink, event);
}
