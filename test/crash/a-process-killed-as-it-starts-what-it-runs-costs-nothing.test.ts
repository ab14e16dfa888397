import test from 'ava';
import { openBench } from '../support/bench';
import { MOMENTS } from '../support/crash-point';
import { within } from '../support/wait-for';
import { expireLease } from '../support/worker-process';

// No lease may run out by itself: dead workers are expired by hand.
const OPTIONS = { leaseSeconds: 600, pollMs: 200 };

for (const when of MOMENTS) {
  test.serial(`${when}: the job is there or may be started again, and runs once`, async (t) => {
    const bench = await openBench(t);
    const queue = 'work';
    const victim = await bench.worker(OPTIONS);
    await victim.serve(queue, ['single']);
    await victim.arm({ at: 1, when, of: 'start' });
    const ids: string[] = [];
    const resultOf = (id: string) => bench.client.workflow.getHandle(queue, 'single', id).result();
    while (victim.isRunning) {
      const id = `${when}-${ids.length}`;
      ids.push(id);
      const started = victim.start('single', id, queue, 'step', 5).then(() => resultOf(id));
      await within('the result or the death', Promise.race([started, victim.exited])).catch(
        () => undefined, // it died
      );
    }
    await victim.isForgotten();
    await expireLease(bench.pool, victim.name);
    await (await bench.worker(OPTIONS)).serve(queue, ['single']);
    const last = ids.at(-1) ?? '';
    const again = bench.start('single', last, queue, 'step', 5).then(
      () => 'started',
      (error: unknown) => (error as Error).name,
    );
    t.is(await again, when === 'before' ? 'started' : 'DuplicateJobError');
    for (const id of ids) {
      t.is(await within(`the result of ${id}`, resultOf(id)), 9);
      t.is(bench.effects(id).length, 1, id);
    }
  });
}
