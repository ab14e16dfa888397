import { fromJson } from '../database/json-door';
import type { Hub } from '../engine/hub';
import type { Logger } from './logger';
import { outputOf, type JobOutput } from './messages';

export type SubscriptionCallback = (topic: string, message: JobOutput) => unknown;

interface Entry {
  id: string;
  topic: string;
  isGlob: boolean;
}

/** A job as it is read; what workflows emit may be anything, and comes as it is. */
function heard(payload: string): JobOutput {
  const message = fromJson(payload) as Partial<JobOutput> | string | null | undefined;
  const isJob = typeof message === 'object' && message?.metadata?.jid !== undefined;
  return isJob ? outputOf(message as JobOutput) : (message as JobOutput);
}

/** What one instance listens to. */
export class Subscriptions {
  private entries: Entry[] = [];

  constructor(
    private readonly hub: Hub,
    private readonly space: string,
    private readonly logger: Logger,
  ) {}

  async add(topic: string, isGlob: boolean, callback: SubscriptionCallback): Promise<string> {
    await this.hub.prepare();
    this.hub.listen('broadcasts');
    const deliver = (published: string, payload: string) => {
      const run = async () => callback(published, heard(payload));
      run().catch((error: unknown) =>
        this.logger.error('subscriber-failed', { topic: published, reason: String(error) }),
      );
    };
    const id = await this.hub.inbox.subscribe(this.space, topic, isGlob, deliver);
    this.entries.push({ id, topic, isGlob });
    return id;
  }

  /** Hears one of the channels of the engine: what comes there is known. */
  async listen<Message>(pattern: string, hear: (message: Message) => void): Promise<void> {
    this.hub.listen('broadcasts');
    const deliver = (_topic: string, payload: string) => hear(fromJson(payload) as Message);
    const id = await this.hub.inbox.subscribe(this.space, pattern, false, deliver);
    this.entries.push({ id, topic: pattern, isGlob: false });
  }

  /** Ends the latest of a topic. */
  async remove(topic: string, isGlob: boolean): Promise<void> {
    const entry = this.entries.findLast((each) => each.topic === topic && each.isGlob === isGlob);
    if (entry !== undefined) await this.end(entry.id);
  }

  async end(id: string): Promise<void> {
    this.entries = this.entries.filter((each) => each.id !== id);
    await this.hub.inbox.unsubscribe(id);
  }

  async endAll(): Promise<void> {
    await Promise.all(this.entries.map(({ id }) => this.end(id)));
  }
}
