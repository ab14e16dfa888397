import { hasCodec, registerCodec } from '../database/codec';
import * as graphs from '../database/graph-calls';
import { fromJson, toJson } from '../database/json-door';
import { checkName } from '../database/names';
import { workerRoles } from '../durable/worker-roles';
import { closeHubs, type Hub } from '../engine/hub';
import { cancelJob } from '../database/job-calls';
import { RatchetError } from '../errors';
import { guid } from '../guid';
import { checkConfig, type HotMeshConfig } from './config';
import { deployDocument, type Manifest } from './deploy';
import { publishEngineEvent } from './events';
import * as fleet from './fleet';
import { hubOfConfig, Instance, type QuorumCallback } from './instance';
import { saying, sayingState } from './job-error';
import { loggerOf, type Logger } from './logger';
import { outputOf, type JobOutput, type StreamDataResponse } from './messages';
import type * as given from './options';
import { partsOf, type Parts } from './parts';
import { askJob, publishJob, waitMs, type PublishContext, type PublishOptions } from './publish';
import { answerActivity, signalEvery, signalOne } from './signals';
import type { QuorumProfile, RollCallOptions } from './profile';
import { pickFields } from './query-state';
import type { SubscriptionCallback } from './subscriptions';

/**
 * Runs YAML graphs.
 *
 * @example
 * const mesh = await HotMesh.init({
 *   appId: 'orders',
 *   engine: { connection },
 *   workers: [{ topic: 'inventory.check', connection, callback }],
 * });
 * await mesh.deploy('./order.yaml');
 * await mesh.activate('1');
 * const { data } = await mesh.pubsub('order.requested', { itemId: 'item-123' });
 */
export class HotMesh {
  readonly appId: string;
  readonly namespace: string;
  readonly guid: string;
  readonly logger: Logger;
  readonly engine: Parts['engine'];
  readonly quorum: Parts['quorum'];
  readonly workers: Parts['workers'];
  private readonly app: graphs.App;

  private constructor(
    private readonly config: HotMeshConfig,
    private readonly hub: Hub,
    private readonly instance: Instance,
  ) {
    ({ app: this.app, guid: this.guid, logger: this.logger } = instance);
    ({ app: this.appId, namespace: this.namespace } = instance.app);
    ({ engine: this.engine, quorum: this.quorum, workers: this.workers } = partsOf(this, config));
  }

  /** Starts an instance: an engine, workers, or both. They are live when it is made. */
  static async init(config: HotMeshConfig): Promise<HotMesh> {
    checkConfig(config);
    const { appId, namespace = 'hmsh', name } = config;
    const id = config.guid === undefined ? guid() : checkName(config.guid, 'guid');
    const logger = loggerOf(config.logger, { app: appId, id, name }, config.logLevel);
    if (hasCodec()) logger.warn('codec-not-used', { reason: 'SQL reads the data of graphs' });
    const hub = hubOfConfig(config);
    await hub.prepare();
    const instance = new Instance(hub, { app: appId, namespace }, id, logger);
    await instance.start(config);
    const mesh = new HotMesh(config, hub, instance);
    mesh.tell('started');
    return mesh;
  }

  /** Stops every instance of this process and closes its connections. */
  static stop(): Promise<void> {
    return closeHubs();
  }

  static readonly guid = guid;
  static readonly registerCodec = registerCodec;
  static readonly provisionWorkerRole = workerRoles.provisionWorkerRole;
  static readonly rotateWorkerPassword = workerRoles.rotateWorkerPassword;
  static readonly revokeWorkerRole = workerRoles.revokeWorkerRole;
  static readonly listWorkerRoles = workerRoles.listWorkerRoles;

  private tell(verb: 'started' | 'stopped' | 'deployed'): void {
    publishEngineEvent(this.config.events, verb, this);
  }

  /** The database, for what only an instance with an engine does. */
  private opened(): Hub {
    if (this.config.engine !== undefined) return this.hub;
    throw new RatchetError('WF303', 'This instance has workers only.', {
      hint: 'Give engine: { connection } to HotMesh.init.',
    });
  }

  /**
   * Stores a version of the app's graphs, from the path of a YAML file or from YAML text. It runs
   * when it is activated.
   *
   * @throws RatchetError WF106 with everything that is wrong, each with file, line and column
   */
  async deploy(pathOrYaml: string): Promise<Manifest> {
    const { database } = this.opened();
    const manifest = await deployDocument(database, pathOrYaml, this.app, this.logger);
    this.tell('deployed');
    return manifest;
  }

  /** Makes a version the one that every engine runs, in one commit. */
  async activate(version: string, _delay?: number): Promise<boolean> {
    const call = graphs.activate(this.opened().database, String(version), this.app);
    const answer = await saying(String(version), call);
    await fleet.sayActivated(this.hub, this.app, String(version));
    this.tell('deployed');
    return answer === 't';
  }

  /** Starts a job and returns its id; resolves once that is durable. */
  async pub(
    topic: string,
    data: unknown = {},
    context?: PublishContext | null,
    extended?: PublishOptions,
  ): Promise<string> {
    return publishJob(this.opened(), this.app, topic, data, context, extended);
  }

  /**
   * Starts a job and waits for its first broadcast. Rejects with `{ error, job_id }` when it fails,
   * with `{ code: 504, message: 'timeout', job_id }` after `timeout` ms, with WF403 at a shutdown.
   */
  async pubsub(
    topic: string,
    data: unknown = {},
    context?: PublishContext | null,
    timeout = waitMs(),
  ): Promise<JobOutput> {
    return askJob(this.opened(), this.app, topic, data, context, timeout);
  }

  /** Listens to what graphs publish under a topic, or (`topic.jobId`) to one job. */
  async sub(topic: string, callback: SubscriptionCallback): Promise<void> {
    await this.instance.subscriptions.add(checkName(topic, 'topic'), false, callback);
  }

  /** Ends the latest `sub` of the topic. */
  unsub(topic: string): Promise<void> {
    return this.instance.subscriptions.remove(topic, false);
  }

  /** As `sub`, of all topics that fit: * stands for any characters. */
  async psub(pattern: string, callback: SubscriptionCallback): Promise<void> {
    await this.instance.subscriptions.add(checkName(pattern, 'pattern'), true, callback);
  }

  punsub(pattern: string): Promise<void> {
    return this.instance.subscriptions.remove(pattern, true);
  }

  /** Answers, by hand, the activity whose message a worker left open. Returns a message id. */
  async add(message: StreamDataResponse): Promise<string> {
    return answerActivity(this.opened(), this.app, message);
  }

  /** Resumes the one activity that waits under the topic and the key in the data. */
  async signal(topic: string, data: unknown, status?: string, code?: number): Promise<string> {
    return signalOne(this.opened(), this.app, topic, data, { status, code });
  }

  /** The old name of `signal`. */
  hook(...given: Parameters<HotMesh['signal']>): Promise<string> {
    return this.signal(...given);
  }

  /** Signals every job that is listed under the facets. Returns the index keys that matched. */
  async signalAll(
    topic: string,
    data: unknown,
    query: given.StatsQuery,
    facets: string[] = [],
  ): Promise<string[]> {
    return signalEvery(this.opened(), this.app, topic, data, { query, facets });
  }

  /** The old name of `signalAll`. */
  hookAll(...given: Parameters<HotMesh['signalAll']>): Promise<string[]> {
    return this.signalAll(...given);
  }

  /** Stops a job at once. */
  async interrupt(
    _topic: string,
    jobId: string,
    options: given.InterruptOptions = {},
  ): Promise<string | undefined> {
    const { throw: isThrown, reason, code, stack, expire, suppress } = options;
    const stored = { throw: isThrown, reason, code, stack, expire, suppress };
    const json = toJson(stored, 'options');
    const call = graphs.interruptJob(this.opened().database, jobId, json, this.app);
    return (await saying(jobId, call)) ?? undefined;
  }

  /** Deletes a job at once, in whatever state it is. */
  async scrub(jobId: string): Promise<void> {
    return graphs.scrubJob(this.opened().database, jobId, this.app);
  }

  /** Asks a job to stop; functions written for it do, graphs go on. */
  async cancel(jobId: string): Promise<void> {
    await cancelJob(this.opened().database, jobId, this.instance.space);
  }

  /** Open activities of a job; 0: completed; below: reserved or interrupted. */
  async getStatus(jobId: string): Promise<number> {
    return Number(await saying(jobId, this.read('status', jobId)));
  }

  /** A job, with all that it has written. `topic` is not needed to find it. */
  async getState(_topic: string, jobId: string): Promise<JobOutput> {
    return outputOf((await sayingState(jobId, this.read('state', jobId))) as JobOutput);
  }

  /** User data of a job by name; a name in quotes reads the field as it is stored. */
  async getQueryState(jobId: string, fields: string[]): Promise<Record<string, unknown>> {
    const stored = (await this.read('fields', jobId)) as Record<string, unknown> | null;
    return pickFields(stored ?? {}, fields);
  }

  /** Everything that is stored of a job, as one flat record. */
  async getRaw(jobId: string): Promise<Record<string, unknown>> {
    return (await saying(jobId, this.read('fields', jobId))) as Record<string, unknown>;
  }

  private async read(what: graphs.JobRead, id: string): Promise<unknown> {
    const { database } = this.opened();
    return fromJson(await graphs.readGraphJob(database, what, id, this.app)) ?? null;
  }

  /** A job with the data of each of its activities, by their addresses. */
  async export(
    jobId: string,
    { enrich_inputs = false }: given.ExportOptions = {},
  ): Promise<given.JobExport> {
    const call = graphs.exportGraphJob(this.opened().database, jobId, enrich_inputs, this.app);
    return fromJson(await sayingState(jobId, call)) as given.JobExport;
  }

  /** Counts what jobs of a topic said of themselves when they started. */
  async getStats(topic: string, query: given.StatsQuery): Promise<given.StatsResponse> {
    const call = graphs.readStats(this.opened().database, topic, toJson(query, 'query'), this.app);
    const { segments, ...rest } = fromJson(await saying(topic, call)) as given.StatsResponse;
    return segments ? { ...rest, segments } : rest;
  }

  /** The ids of jobs of a topic, by facet and time. */
  async getIds(
    topic: string,
    query: given.StatsQuery,
    facets: string[] = [],
  ): Promise<given.IdsResponse> {
    const read = { topic, query: toJson(query, 'query'), facets };
    const call = graphs.readIds(this.opened().database, read, this.app);
    return fromJson(await saying(topic, call)) as given.IdsResponse;
  }

  /** The engines and workers of the app that run now. `delay`: milliseconds given to answer. */
  rollCall(delay = 250, options: RollCallOptions = {}): Promise<QuorumProfile[]> {
    return fleet.callRoll(this.hub, this.app, delay, options);
  }

  /** Pauses, slows down or resumes what engines and workers take. */
  async throttle(options: fleet.ThrottleOptions): Promise<boolean> {
    await fleet.setThrottle(this.hub, this.app, options);
    return true;
  }

  /** Sends a message to every instance of the app that listens with `subQuorum`. */
  async pubQuorum(message: fleet.QuorumMessage): Promise<boolean> {
    await fleet.postQuorum(this.hub, this.app, message);
    return true;
  }

  /** Hears what is sent to the control channel, as long as the instance runs. */
  async subQuorum(callback: QuorumCallback): Promise<void> {
    this.instance.quorum.add(callback);
  }

  async unsubQuorum(callback: QuorumCallback): Promise<void> {
    this.instance.quorum.delete(callback);
  }

  /** Leaves: takes no further work, finishes what it has, and hears nothing any more. */
  async stop(): Promise<void> {
    await this.instance.stop();
    this.tell('stopped');
  }
}
