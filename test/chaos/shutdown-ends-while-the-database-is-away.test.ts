import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { migrate } from '../../driver';
import { startEmbedded } from '../../driver/database/embedded';
import { openBench } from '../support/bench';
import { waitFor, within } from '../support/wait-for';

test('shutdown ends, and so does the process, while the database is away', async (t) => {
  const server = await startEmbedded({ settings: { fsync: 'off' } });
  t.teardown(() => server.stop());
  await migrate({ connectionString: server.connectionString });
  const bench = await openBench(t, server);
  const worker = await bench.worker({ leaseSeconds: 1, pollMs: 50 });
  await worker.serve('work', ['single']);
  await bench.start('single', 'long', 'work', 'slow', 1_500);
  await waitFor('the step runs', () => bench.effects('long').length === 1);
  await server.kill();
  // Its step ends meanwhile, and it tries again and again to report that.
  await pause(2_500);
  await within('the shutdown', worker.shutdown(), 40_000);
  await within('the end of the process', worker.exited, 20_000);
  t.is(worker.exitCode, 0);

  await server.restart();
  const other = await bench.worker({ pollMs: 50 });
  await other.serve('work', ['single']);
  t.is(await bench.client.workflow.getHandle('work', 'single', 'long').result(), 'only');
});
