import test from 'ava';
import { grows, openBatches, type Batch } from '../../support/batch';
import { lifeOfJobs } from '../../support/batch-life';
import { leaveDeadRows, leaveUncountedRows } from '../../support/dead-rows';
import { engine } from '../../support/engine';

const sql = engine();

const FEW = 12;
const TIMES = 4;
/** As in work-grows-with-the-batch-not-with-its-square. */
const MOST_MORE = 1.25 * TIMES;

let session: Promise<(size: number) => Batch> | undefined;

// What a plan costs by these statistics depends on the pages that tables have, so the order counts.
const statistics: [which: string, leave: () => Promise<void | (() => Promise<void>)>][] = [
  ['came before many rows', () => leaveUncountedRows(sql, 40 * FEW)],
  ['counted a row or two', () => leaveDeadRows(sql, 1)],
];

for (const [which, leave] of statistics) {
  test.serial(`plans made by statistics that ${which} do not compare all with all`, async (t) => {
    const batchOf = await (session ??= openBatches(sql));
    const remove = await leave();
    await lifeOfJobs(batchOf(2));
    const few = await lifeOfJobs(batchOf(FEW));
    const many = await lifeOfJobs(batchOf(FEW * TIMES));
    await remove?.();
    grows(t, FEW, few, { to: many, most: MOST_MORE });
  });
}
