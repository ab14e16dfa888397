import { Durable } from '../../driver';
import { proxies } from './shapes';

// A workflow that is cancelled while it waits, and its company, for tests that kill, pause and
// replace workers.

/** A hook that nobody asked to answer, which answers. */
export async function noted(value: number): Promise<void> {
  const { workflowId } = Durable.workflow.workflowInfo();
  const { local, remote } = proxies();
  const first = await local.step('noted-a', value);
  await Durable.workflow.signal(`${workflowId}-noted`, await remote.step('noted-b', first));
}

export async function stopsItself(): Promise<void> {
  const { workflowId } = Durable.workflow.workflowInfo();
  await proxies().local.step('last', 1);
  await Durable.workflow.terminate(workflowId, { reason: 'it stopped itself' });
}

/** Is answered by a hook, outlives a child that stops itself, is cancelled, and cleans up. */
export async function scopes(): Promise<unknown[]> {
  const { workflowId, taskQueue } = Durable.workflow.workflowInfo();
  const { all, condition, executeChild, hook, isCancellation, search, sleep } = Durable.workflow;
  const { local, remote } = proxies();
  const data = await search();
  const drawn = `${Durable.workflow.random()} ${Durable.workflow.uuid4()}`;
  await data.set({ drawn });
  await hook({ taskQueue, workflowName: 'noted', args: [1] });
  const both = await all(local.step('here', 1), remote.step('there', 1));
  const heard = await condition(`${workflowId}-noted`);
  const stopped = await executeChild(stopsItself, { workflowId: `stops ${workflowId}` }).catch(
    (error: Error) => error.message,
  );
  void local.cancelled('cancelled').catch(() => undefined);
  const isCancelled = await sleep('1 hour').catch(isCancellation);
  const refused = await remote.step('refused', 1).catch(isCancellation);
  const cleaned = await Durable.workflow.CancellationScope.nonCancellable(async () => [
    await local.step('cleaned-a', 1),
    await remote.step('cleaned-b', 2),
  ]);
  const isSame = (await data.get('drawn')) === drawn;
  return [both, heard, stopped, isCancelled, refused, cleaned, isSame];
}
