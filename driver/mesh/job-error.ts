import { DuplicateJobError, GetStateError } from '../durable/errors';
import { RatchetError } from '../errors';

/** What is said of something that is not there, as users of this API compare it. */
export async function saying<T>(subject: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    throw worded(subject, error);
  }
}

function worded(subject: string, error: RatchetError): Error {
  const { code, hint, detail = {}, message } = error;
  const { workflow_id: job, topic, app, version } = detail as Record<string, string>;
  const say = (text: string) => new RatchetError(code, text, { detail, hint, cause: error });
  if (code === 'WF301') return new DuplicateJobError(job ?? subject);
  if (code === 'WF302') return new Error(`Job ${subject} already completed`, { cause: error });
  if (code === 'WF201') {
    return Object.assign(new Error(`Job ${subject} not found`, { cause: error }), { code: 404 });
  }
  if (code === 'WF206' && version !== undefined) {
    return say(`no subscription found for topic ${topic} in app ${app} for app version ${version}`);
  }
  if (code === 'WF207' && version !== undefined) {
    return say(`Version ${version} does not exist for app ${app}`);
  }
  if (code === 'WF207') return say(`app ${app} has no active version`);
  if (code === 'WF208' || (code === 'WF104' && detail['option'] === 'query')) {
    return say(hint ?? message);
  }
  return error;
}

/** As `saying`, of a state that is read. */
export async function sayingState<T>(jobId: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RatchetError && error.code === 'WF201') throw new GetStateError(jobId);
    throw error;
  }
}
