import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';
import { waitFor, within } from '../support/wait-for';

// Holds back the rows of the next reading of a history; `release` lets them through.
function holdNextHistory() {
  const original = Reflect.get(Client.prototype, 'query') as (...args: unknown[]) => unknown;
  let release: () => void = () => undefined;
  const state = { isHeld: false, release: () => release() };
  const free = new Promise<void>((resolve) => (release = resolve));
  const held = function (this: Client, ...args: unknown[]) {
    const isHistory = (args[0] as { name?: string }).name === 'ratchet_history';
    const late = args.map((argument) => {
      if (typeof argument !== 'function' || !isHistory) return argument;
      return (...results: unknown[]) => {
        state.isHeld = true;
        void free.then(() => (argument as (...given: unknown[]) => void)(...results));
      };
    });
    return original.apply(this, late);
  };
  Client.prototype.query = held as unknown as typeof Client.prototype.query;
  return {
    ...state,
    get isHeld() {
      return state.isHeld;
    },
    restore: () => {
      Client.prototype.query = original as unknown as typeof Client.prototype.query;
    },
  };
}

test('an answer that comes while the history is read is not lost', async (t) => {
  const { url, pool } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const connection = { class: Client, options: { connectionString: url } };
  async function elsewhere(): Promise<string> {
    const { far } = Durable.workflow.proxyActivities({ taskQueue: 'far' });
    return `${String(await far?.())} and back`;
  }
  const worker = { connection, taskQueue: 'near', workflow: elsewhere };
  await Durable.Worker.create(worker);
  await new Durable.Client({ connection }).workflow.start(elsewhere, {
    ...{ taskQueue: 'near', workflowId: 'traveller', args: [] },
  });
  const isOpen = `select from ratchet_internal.messages where kind = 'activity'`;
  await waitFor('the step is open', async () => (await pool.query(isOpen)).rowCount === 1);
  await Durable.shutdown();

  const history = holdNextHistory();
  t.teardown(history.restore);
  await Durable.Worker.create(worker);
  await waitFor('the history is being read', () => history.isHeld);
  const routes = JSON.stringify([{ queue: 'far' }]);
  const other = await pool.query(`select ratchet.register_worker('other', $1) as id`, [routes]);
  const { id } = other.rows[0];
  const claim = await pool.query('select * from ratchet.claim_activity($1)', [id]);
  const { job_id, position, attempt } = claim.rows[0];
  const report = [id, job_id, position, attempt, '"there"'];
  await pool.query('select ratchet.complete($1, $2, $3, $4, $5)', report);
  // Whatever else the worker does makes it look.
  await pool.query('notify ratchet');
  const isOnItsWay = `select from ratchet_internal.messages where kind = 'result'`;
  await waitFor('the answer arrives', async () => (await pool.query(isOnItsWay)).rowCount === 0);
  history.release();

  const handle = new Durable.Client({ connection }).workflow.getHandle('near', 'x', 'traveller');
  t.is(await within('the result', handle.result(), 20_000), 'there and back');
});
