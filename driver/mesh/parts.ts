import { startsOnly, type HotMeshConfig } from './config';
import type { QuorumCallback } from './instance';
import type { QuorumMessage, ThrottleOptions } from './fleet';
import type { QuorumProfile, RollCallOptions } from './profile';

/** The engine of an instance, as its fields tell of it. */
export interface EnginePart {
  readonly appId: string;
  readonly namespace: string;
  readonly guid: string;
  /** Whether it lets no job go on. */
  readonly isReadonly: boolean;
}

/** The control channel of an app. */
export interface QuorumPart {
  readonly guid: string;
  rollCall(delay?: number, options?: RollCallOptions): Promise<QuorumProfile[]>;
  throttle(options: ThrottleOptions): Promise<boolean>;
  pub(message: QuorumMessage): Promise<boolean>;
  sub(callback: QuorumCallback): Promise<void>;
  unsub(callback: QuorumCallback): Promise<void>;
}

/** A worker of an instance. */
export interface WorkerPart {
  readonly topic: string;
  readonly workflowName: string | undefined;
  readonly guid: string;
}

export interface Parts {
  engine: EnginePart | null;
  quorum: QuorumPart | null;
  workers: WorkerPart[];
}

/** What the parts need of their instance. */
interface Whole {
  readonly appId: string;
  readonly namespace: string;
  readonly guid: string;
  rollCall: QuorumPart['rollCall'];
  throttle: QuorumPart['throttle'];
  pubQuorum: QuorumPart['pub'];
  subQuorum: QuorumPart['sub'];
  unsubQuorum: QuorumPart['unsub'];
}

/** The fields of an instance that say what it consists of; null what it has not. */
export function partsOf(mesh: Whole, { engine, workers = [] }: HotMeshConfig): Parts {
  const { appId, namespace, guid } = mesh;
  const served = workers.map(({ topic, workflowName }) => ({ topic, workflowName, guid }));
  if (engine === undefined) return { engine: null, quorum: null, workers: served };
  return {
    engine: { appId, namespace, guid, isReadonly: startsOnly(engine) },
    quorum: {
      guid,
      rollCall: (delay, options) => mesh.rollCall(delay, options),
      throttle: (options) => mesh.throttle(options),
      pub: (message) => mesh.pubQuorum(message),
      sub: (callback) => mesh.subQuorum(callback),
      unsub: (callback) => mesh.unsubQuorum(callback),
    },
    workers: served,
  };
}
