import test from 'ava';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';
import { metConnection } from '../support/met-connection';
import { waitFor, within } from '../support/wait-for';

const COUNT = 6;
const { workflow } = Durable;

async function waitsTwice(i: number) {
  await workflow.condition(`go-${i}`);
  await workflow.condition(`on-${i}`);
  return i;
}

test.serial('its answer comes late, when the functions have come back already', async (t) => {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  let answer: (() => void) | undefined;
  const connection = metConnection(url, (meeting) => {
    if (answer !== undefined || !meeting.statement.text.includes('ratchet.evict')) return false;
    answer = () => undefined;
    meeting.carryOut((...results) => {
      answer = () => meeting.answer(...results);
    });
    return true;
  });
  const client = new Durable.Client({ connection });
  await Durable.Worker.create({
    ...{ connection, taskQueue: 'q', workflow: waitsTwice },
    options: { cacheSize: 2 },
  });
  const handles = await Promise.all(
    Array.from({ length: COUNT }, (_, i) =>
      client.workflow.start(waitsTwice, { taskQueue: 'q', workflowId: `job-${i}`, args: [i] }),
    ),
  );
  const waiting = (word: string) =>
    waitFor(`all wait to go ${word}`, async () => {
      const sql = 'select from ratchet_internal.messages where key like $1';
      return (await pool.query(sql, [`${word}-%`])).rowCount === COUNT;
    });
  await waiting('go');
  await waitFor('some are given back', () => answer);
  for (let i = 0; i < COUNT; i += 1) await client.workflow.signal(`go-${i}`, null);
  await waiting('on');
  answer?.();
  for (let i = 0; i < COUNT; i += 1) await client.workflow.signal(`on-${i}`, null);
  const results = Promise.all(handles.map((handle) => handle.result()));
  t.deepEqual(
    await within('the results', results, 20_000),
    Array.from({ length: COUNT }, (_, i) => i),
  );
});
