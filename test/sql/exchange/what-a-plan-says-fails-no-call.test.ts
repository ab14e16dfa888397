import test from 'ava';
import { codeOf, engine } from '../../support/engine';

// The driver checks what programs say; whoever else speaks the protocol may say anything.

const sql = engine();

const VALUES = ['x', '', 'x'.repeat(9_000), null, true, [], {}, [1], { data: 1 }, { data: {} }];
const NUMBERS = [0, -1, 0.5, 1e9, 1e10, 1e13, 9e18, 1e19, 1e99, -1e99, 1e300];
const FIELDS = [
  ...['input', 'expire', 'code', 'pending', 'delay', 'entity', 'queue', 'id', 'retry', 'search'],
  ...['marker', 'persistent', 'signalIn', 'watch', 'reason', 'stack', 'throw', 'shielded'],
];
const KINDS = [
  'child',
  'start',
  'terminate',
  'await',
  'signal',
  'hook',
  'emit',
  'activity',
  'wait',
];

/** A plan of each value: as one of its options, or as its input. */
const planOf = (kind: string, field: string) => (value: unknown, at: number) => ({
  ...{ position: at + 1, kind, name: 'name', queue: 'none' },
  input: field === 'input' ? value : kind === 'emit' ? { topic: 1 } : [],
  options: { id: sql.name(), queue: 'none', ...(field === 'input' ? {} : { [field]: value }) },
});

for (const kind of KINDS) {
  test.serial(`${kind}: the options and the input may be anything`, async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    for (const field of FIELDS) {
      const plans = [...VALUES, ...NUMBERS, undefined].map(planOf(kind, field));
      const isAimed = ['terminate', 'hook', 'await'].includes(kind) && field !== 'id';
      if (isAimed) for (const { options } of plans) await sql.start('none', options.id);
      const [job, other] = [await sql.start(queue, sql.name()), await sql.start(queue, sql.name())];
      await sql.exchange(worker, { activities: 0 });
      const call = sql.exchange(worker, {
        ...{ turns: 0, activities: 0, ends: [{ job: other, result: 1 }] },
        plans: plans.map((plan) => ({ ...plan, job })),
      });
      t.is(await codeOf(call), 'ok', field);
      t.is(await sql.value('select status from ratchet.jobs where id = $1', [other]), 0);
      await sql.exchange(worker, { ends: [{ job }], turns: 0, activities: 0 });
    }
  });
}
