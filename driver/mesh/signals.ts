import * as graphs from '../database/graph-calls';
import { fromJson, toJson } from '../database/json-door';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import { checkName } from '../database/names';
import { answerSpan } from '../telemetry/graph-spans';
import { stepTeller } from '../telemetry/step-spans';
import { telemetry } from '../telemetry/telemetry';
import { saying } from './job-error';
import type { StreamDataResponse, StreamMetadata } from './messages';
import type { StatsQuery } from './options';

const DEFAULT_CODES: Record<string, number> = { pending: 202, error: 500 };

/** Status and code of a response go together; the one that is given decides. */
function paired(status: string | undefined, code: number | undefined): [string, number] {
  const isPending = status === 'pending' || (status === undefined && code === 202);
  const expected: [string, number] = isPending ? ['pending', 202] : ['success', 200];
  const isFitting =
    (status ?? expected[0]) === expected[0] && (code ?? expected[1]) === expected[1];
  if (isFitting) return expected;
  throw new RatchetError('WF104', `A signal of status ${status} has no code ${code}.`, {
    hint: 'success goes with 200 and ends the wait; pending goes with 202 and keeps it.',
  });
}

/** Resumes the one activity that waits under the topic and the key in the data. */
export async function signalOne(
  { database }: Hub,
  app: graphs.App,
  topic: string,
  data: unknown,
  pair: { status?: string | undefined; code?: number | undefined },
): Promise<string> {
  const [status, code] = paired(pair.status, pair.code);
  const signal = { topic, data: toJson(data, 'data'), status, code };
  return (await saying(topic, graphs.signalTopic(database, signal, app))) ?? '';
}

/** Signals every job that the query and the facets find. */
export async function signalEvery(
  { database }: Hub,
  app: graphs.App,
  topic: string,
  data: unknown,
  selection: { query: StatsQuery; facets: string[] },
): Promise<string[]> {
  const { facets } = selection;
  const query = toJson(selection.query, 'query');
  const signal = { topic, data: toJson(data, 'data'), query, facets };
  return fromJson(await saying(topic, graphs.signalAll(database, signal, app))) as string[];
}

/** As its worker received it: it says of which run of which job it is. */
function isReceived(metadata: Partial<StreamMetadata>): metadata is StreamMetadata {
  return [metadata.guid, metadata.gid, metadata.dad].every((id) => typeof id === 'string');
}

/** Answers, by hand, the activity whose message a worker left open. */
export async function answerActivity(
  { database }: Hub,
  app: graphs.App,
  { metadata = {}, data, status = 'success', code }: StreamDataResponse,
): Promise<string> {
  const response = {
    ...{ jobId: checkName(metadata.jid, 'metadata.jid'), data: toJson(data, 'data') },
    ...{ activity: checkName(metadata.aid, 'metadata.aid'), dimension: metadata.dad ?? '' },
    ...{ status, generation: metadata.gid ?? null },
    code: code ?? DEFAULT_CODES[status] ?? 200,
  };
  const give = async () =>
    (await saying(response.jobId, graphs.respond(database, response, app, stepTeller()))) ?? '';
  const on = telemetry();
  if (on === undefined || !isReceived(metadata)) return give();
  const answered = { namespace: `${app.namespace}:${app.app}`, metadata };
  return answerSpan(on, answered, { isFailed: status === 'error', code: response.code }, give);
}
