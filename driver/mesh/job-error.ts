import { DuplicateJobError, GetStateError } from '../durable/errors';
import { RatchetError } from '../errors';

/** What is said of a job or a topic that is not there, as users of this API compare it. */
export async function saying<T>(subject: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const code = error instanceof RatchetError ? error.code : '';
    if (code === 'WF301') throw new DuplicateJobError(idIn(error) ?? subject);
    if (code === 'WF302') throw new Error(`Job ${subject} already completed`, { cause: error });
    if (code === 'WF201') {
      throw Object.assign(new Error(`Job ${subject} not found`, { cause: error }), { code: 404 });
    }
    throw error;
  }
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

function idIn(error: unknown): string | undefined {
  const { detail } = error as RatchetError;
  const id = detail?.['job'] ?? detail?.['job_id'] ?? detail?.['workflow_id'];
  return typeof id === 'string' ? id : undefined;
}
