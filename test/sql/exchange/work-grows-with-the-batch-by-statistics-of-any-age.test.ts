import test from 'ava';
import { grows, openBatches, type Batch } from '../../support/batch';
import { lifeOfJobs } from '../../support/batch-life';
import { addRows, emptyTables, leaveDeadRows } from '../../support/dead-rows';
import { engine } from '../../support/engine';

const sql = engine();

const FEW = 12;
const TIMES = 4;
/** As in work-grows-with-the-batch-not-with-its-square. */
const MOST_MORE = 1.25 * TIMES;

let session: Promise<(size: number) => Batch> | undefined;

const statistics: [which: string, uncounted: number][] = [
  ['counted a row or two', 0],
  ['came before many rows', 40 * FEW],
];

for (const [which, uncounted] of statistics) {
  test.serial(`plans made by statistics that ${which} do not compare all with all`, async (t) => {
    const batchOf = await (session ??= openBatches(sql));
    await emptyTables(sql);
    await leaveDeadRows(sql, 1);
    await addRows(sql, uncounted);
    await lifeOfJobs(batchOf(2));
    const few = await lifeOfJobs(batchOf(FEW));
    const many = await lifeOfJobs(batchOf(FEW * TIMES));
    await emptyTables(sql);
    grows(t, FEW, few, { to: many, most: MOST_MORE });
  });
}
