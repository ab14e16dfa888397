import { checkName } from '../database/names';
import { pruneJobs, pruneSignals, type PrunedJobs } from '../database/prune-calls';
import { durationSeconds, type Duration } from '../duration';
import { checkOptions, checkSwitches, refuseOption } from '../options';
import { hubFor, type ConnectionConfig } from './connection';

export interface PruneOptions {
  /** Namespace of `Durable`, or app of `HotMesh`. */
  appId: string;
  connection: ConnectionConfig;
  /**
   * How long finished jobs without an `expire` of their own are kept; a number is seconds. Default
   * '7 days'.
   */
  expire?: Duration;
  /** Remove finished jobs whose time is over. Default true. */
  jobs?: boolean;
  /**
   * Strip finished jobs of their steps' arguments and their hooks' steps, or of the runs of their
   * graph. Default false.
   */
  attributes?: boolean;
  /** Only jobs with one of these entities. Default: all. */
  entities?: string[];
  /** Also remove finished jobs that were started without an entity, after `expire`. */
  pruneTransient?: boolean;
  /** With `attributes`: keep the steps of hooks and the runs of graphs. Default false. */
  keepHmark?: boolean;
  /** Drop signals that nobody consumed in time. Default true. */
  signals?: boolean;
  /** Accepted: a message is deleted in the commit of what it caused, so there is nothing to do. */
  streams?: boolean;
  engineStreams?: boolean;
  workerStreams?: boolean;
  engineStreamsExpire?: Duration;
  workerStreamsExpire?: Duration;
}

/** How many of each were removed; `marked` jobs were stripped, by `attributes` rows. */
export interface PruneResult extends PrunedJobs {
  signals: number;
  streams: number;
  engineStreams: number;
  workerStreams: number;
}

const SWITCHES = [
  ...['jobs', 'attributes', 'pruneTransient', 'keepHmark', 'signals'],
  ...['streams', 'engineStreams', 'workerStreams'],
] as const;
const DURATIONS = ['expire', 'engineStreamsExpire', 'workerStreamsExpire'] as const;
const KNOWN = ['appId', 'connection', 'entities', ...SWITCHES, ...DURATIONS];

function checkPrune(options: PruneOptions): void {
  checkOptions(options, KNOWN, 'DBA.prune');
  checkName(options.appId, 'appId');
  checkSwitches(options, SWITCHES, 'DBA.prune');
  for (const name of DURATIONS) {
    const value = options[name];
    if (value !== undefined) durationSeconds(value, name);
  }
  const { entities } = options;
  if (entities === undefined) return;
  if (!Array.isArray(entities)) {
    refuseOption('DBA.prune', 'entities', entities, 'Give a list of names.');
  }
  for (const entity of entities) checkName(entity, 'entity');
}

/** The database as its administrator sees it. */
export const DBA = {
  /** Installs the engine or brings it up to date; as often and by as many at once as you like. */
  async deploy(connection: ConnectionConfig, appId = 'durable'): Promise<void> {
    checkName(appId, 'appId');
    await hubFor(connection).deploy();
  },

  /**
   * Removes what is over, in small batches that hold up nobody. Workers remove finished jobs by
   * themselves, after 7 days or the job's own `expire`; this is for other limits, and for
   * databases whose workers all use worker roles, which may not.
   *
   * @example
   * await DBA.prune({ appId: 'durable', connection, expire: '30 days', attributes: true });
   */
  async prune(options: PruneOptions): Promise<PruneResult> {
    checkPrune(options);
    const { appId, expire = '7 days', entities } = options;
    const hub = hubFor(options.connection);
    await hub.prepare();
    // A graph's jobs are in the namespace of its app.
    const namespaces = [appId, `hmsh:${appId}`];
    const pruned = await pruneJobs(hub.database, {
      namespaces,
      olderThanMs: Math.round(durationSeconds(expire, 'expire') * 1_000),
      isRemovingJobs: options.jobs ?? true,
      isStripping: options.attributes ?? false,
      isRemovingTransient: options.pruneTransient ?? false,
      entities: entities ?? null,
      isKeepingHooks: options.keepHmark ?? false,
    });
    const isDropping = options.signals ?? true;
    const signals = isDropping ? await pruneSignals(hub.database, namespaces) : 0;
    return { ...pruned, signals, streams: 0, engineStreams: 0, workerStreams: 0 };
  },
};
