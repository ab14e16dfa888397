import type { Database } from '../database/database';
import type { Caller, Work } from '../database/exchange';
import { startForWorker, startWorkflow, type StartRequest } from '../database/job-calls';
import { isConnectionError, isTransient } from '../errors';
import { outside } from '../outside';
import type { ExchangeLoop } from './exchange-loop';
import type { Served } from './served';

/** What a start needs of the worker that may run it at once. */
export interface EagerHost extends Caller {
  readonly database: Database;
  readonly isStopped: boolean;
  readonly served: Served;
  readonly loop: Pick<ExchangeLoop, 'mayBegin' | 'receiving' | 'recover'>;
  receive(work: Work): void;
}

/** The rule of `ratchet_internal.asks_to_watch`: for others the call would only cost more. */
const PLAIN = [null, '{"watch":true}'];

/**
 * Starts a workflow that this process runs itself: claimed by the commit that starts it, it runs as
 * soon as that is answered. Undefined where work that came before it may wait, or there is no room.
 */
export function startEagerly(host: EagerHost, request: StartRequest): Promise<void> | undefined {
  const { loop, served } = host;
  const mayRun = loop.mayBegin && served.takes(request);
  if (!mayRun || !PLAIN.includes(request.options)) return undefined;
  return outside(() => start(host, request));
}

async function start(host: EagerHost, request: StartRequest): Promise<void> {
  const isStarted = await host.loop.receiving(() => startAndRun(host, request), 1);
  if (!isStarted) await startWorkflow(host.database, request);
}

/** Whether it is known to be started. */
async function startAndRun(host: EagerHost, request: StartRequest): Promise<boolean> {
  const { database, workerId } = host;
  try {
    const jobId = await startForWorker(database, host, request);
    // A worker that has stopped, or lost its lease, hands it back with all that it holds.
    const isOurs = workerId === host.workerId && !host.isStopped;
    if (jobId !== null && isOurs) host.receive(workOf(jobId, request));
    return true;
  } catch (error) {
    // It may be started and held. To start it again is harmless, but does not tell.
    if (isConnectionError(error)) host.loop.recover(error);
    else if (!isTransient(error)) throw error;
    return false;
  }
}

/** As an exchange would have handed it out; it has no options, or it would not be held. */
function workOf(jobId: string, request: StartRequest): Work {
  const { namespace, workflowId, workflow, queue, args } = request;
  return {
    ...{ kind: 'start', jobId, address: '', position: 0, attempt: 0, namespace, workflowId },
    ...{ workflow, queue, name: workflow, input: args, options: null, value: null, expire: null },
    ...{ isFailed: false, isCancelled: false },
  };
}
