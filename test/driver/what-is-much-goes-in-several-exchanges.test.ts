import test from 'ava';
import type { Work } from '../../driver/database/exchange';
import type { LiveTurn } from '../../driver/engine/live-turn';
import { emptyReport, type StepReport } from '../../driver/engine/report';
import { Strides } from '../../driver/engine/strides';
import { Unreported } from '../../driver/engine/unreported';

const NOTHING = { turns: [], activities: [] };
const STEP = {} as StepReport;

function works(kind: string, count: number): Work[] {
  return Array.from({ length: count }, (_, i) => ({ kind, jobId: `${i}` }) as unknown as Work);
}

/** How many of an answer's items are handed on before each time that an exchange may be sent. */
async function stridesOf(work: Work[]): Promise<number[]> {
  const found: number[] = [];
  let isNew = true;
  const received = async (part: Work[]) => {
    if (isNew) found.push(0);
    if (isNew) setImmediate(() => (isNew = true));
    isNew = false;
    found.push((found.pop() ?? 0) + part.length);
  };
  await new Strides({ stepsBegun: 0, committed: () => undefined, received }).handOn(NOTHING, work);
  return found;
}

function turnWith(jobId: string, steps: number): LiveTurn {
  const report = { ...emptyReport(), steps: Array.from({ length: steps }, () => STEP) };
  const turn = { jobId, address: '', report, hasReport: true, isReporting: false };
  return turn as unknown as LiveTurn;
}

const jobsOf = (unreported: Unreported) => unreported.take().map(({ jobId }) => jobId);

test('what a call brings is handed on in halves, activities as well as functions', async (t) => {
  t.deepEqual(await stridesOf(works('start', 500)), [250, 250]);
  t.deepEqual(await stridesOf(works('activity', 250)), [125, 125]);
  t.deepEqual(await stridesOf(works('activity', 10)), [10]);
});

test('reports of many steps are left for the next exchange, in their order', (t) => {
  const unreported = new Unreported();
  for (const job of ['1', '2', '3', '4']) unreported.add(turnWith(job, 1_300));
  t.deepEqual(jobsOf(unreported), ['1', '2']);
  t.deepEqual(jobsOf(unreported), ['3', '4']);
  t.deepEqual(jobsOf(unreported), []);
});

test('a turn whose report is in flight is left until that is committed', (t) => {
  const unreported = new Unreported();
  const turn = turnWith('1', 1);
  unreported.add(turn);
  t.deepEqual(jobsOf(unreported), ['1']);
  turn.report.steps = [STEP];
  unreported.add(turn);
  t.deepEqual(jobsOf(unreported), []);
  turn.isReporting = false;
  t.deepEqual(jobsOf(unreported), ['1']);
});
