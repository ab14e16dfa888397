import test from 'ava';
import type { Database } from '../../driver/database/database';
import type { Work } from '../../driver/database/exchange';
import { registerActivities } from '../../driver/engine/activities';
import { pendingCall, type Call } from '../../driver/engine/call';
import { ClaimedActivities } from '../../driver/engine/claimed-activities';
import type { LiveTurn } from '../../driver/engine/live-turn';
import { LocalSteps } from '../../driver/engine/local-steps';
import { emptyReport, type PlanReport } from '../../driver/engine/report';
import { Served } from '../../driver/engine/served';

const WORK: Work = {
  ...{ kind: 'activity', jobId: '7', address: '', position: 3, attempt: 1, namespace: 'durable' },
  ...{ workflowId: 'w', workflow: 'w', queue: 'q', name: 'counted', input: '[]', options: null },
  ...{ isFailed: false, isCancelled: false, value: 'q', expire: null },
};

let count = 0;
registerActivities({ counted: () => (count += 1) });

function claimed(): ClaimedActivities {
  const database = undefined as unknown as Database; // of which nothing is asked here
  const host = { database, workerId: '1', epoch: 0, served: new Served(), isStopped: false };
  return new ClaimedActivities({ ...host, onError: () => undefined }, () => undefined);
}

test.serial('what is reported is not run again before its commit', (t) => {
  count = 0;
  const activities = claimed();
  activities.run(WORK);
  const reports = activities.takeReports();
  activities.run(WORK);
  t.is(count, 1);
  activities.committed(reports);
  t.is(activities.size, 0);
});

test.serial('the next attempt runs though the commit of the last one is not known yet', (t) => {
  count = 0;
  const activities = claimed();
  activities.run(WORK);
  const reports = activities.takeReports();
  activities.run({ ...WORK, attempt: 2 });
  activities.committed(reports);
  t.is(count, 2);
  t.is(activities.size, 1);
  t.deepEqual(
    activities.takeReports().map(({ attempt }) => attempt),
    [2],
  );
});

test.serial('a step that runs beside its function is held until it is reported', async (t) => {
  const activities = claimed();
  const steps = new LocalSteps(activities);
  t.teardown(() => steps.stop());
  const options = JSON.stringify({ maximumAttempts: 0 });
  const call = { kind: 'activity', name: 'counted', input: '[]', queue: 'q', delay: null, options };
  const unsent: (() => void)[] = [];
  const plans: PlanReport[] = [];
  const turn = {
    ...{ jobId: '7', address: '', work: WORK, isOver: false, running: 0, report: emptyReport() },
    isAwaiting: () => true,
    plan: (plan: PlanReport) => void plans.push(plan),
    whenCommitted: (act: () => void) => void unsent.push(act),
  } as unknown as LiveTurn;
  const commit = () => {
    for (const act of unsent.splice(0)) act();
  };
  steps.begin(turn, pendingCall(call as unknown as Call, 3));
  commit(); // it is recorded
  t.is(plans.length, 1);
  commit(); // that is committed, so it runs
  await new Promise(setImmediate);
  t.true(steps.isRunning(WORK), 'its report waits for a commit');
  commit();
  t.false(steps.isRunning(WORK));
  t.is(activities.size, 1, 'from now on it is held as what was claimed is');
  activities.committed(activities.takeReports());
  t.is(activities.size, 0);
});
