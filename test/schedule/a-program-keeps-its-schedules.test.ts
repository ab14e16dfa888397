import test from 'ava';
import { Durable, RatchetError } from '../../driver';
import { durableTest } from '../support/durable';
import { within } from '../support/wait-for';

function tick(name: string): string {
  return `${name} ${Durable.workflow.workflowInfo().workflowId}`;
}

test.serial(
  'schedules: a worker runs what is due, each occurrence once, and ends with the last',
  async (t) => {
    const { client, connection, pool } = await durableTest(t);
    const { schedule } = client;
    const options = {
      ...{ scheduleId: 'pulse', workflow: tick, taskQueue: 'pulses', args: ['pulse'] },
      ...{ every: '1s', maxRuns: 2, startsAt: new Date(Date.now() - 500) },
    } as const;
    const next = await schedule.create(options);
    t.deepEqual(await schedule.create(options), next);
    t.is((await schedule.get('pulse'))?.state, 'active');
    await Durable.Worker.create({ connection, taskQueue: 'pulses', workflow: tick });
    const id = `pulse@${(next ?? new Date(0)).toISOString().replace(/\.\d+Z$/, 'Z')}`;
    const runs = async () => {
      const { rows } = await pool.query(`select key from ratchet.jobs order by key`);
      return rows.map(({ key }) => key as string);
    };
    const ended = async () => {
      while ((await schedule.get('pulse'))?.state !== 'ended')
        await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await within('the last run', ended());
    t.is((await runs()).length, 2);
    t.is((await runs())[0], id);
    const handle = client.workflow.getHandle<string>('pulses', 'tick', id);
    t.is(await handle.result(), `pulse ${id}`);
    t.is((await schedule.get('pulse'))?.runCount, 2);
  },
);

test.serial('schedules: one can be paused, resumed, altered, triggered and deleted', async (t) => {
  const { client, connection } = await durableTest(t);
  const { schedule } = client;
  await Durable.Worker.create({ connection, taskQueue: 'tick', workflow: tick });
  const daily = { scheduleId: 'daily', workflow: 'tick', args: ['daily'], cron: '@daily' };
  await schedule.create({ ...daily, paused: true, timezone: 'America/New_York' });
  t.is((await schedule.get('daily'))?.nextAt, null);
  t.is((await schedule.resume('daily'))?.getUTCMinutes(), 0);
  await schedule.alter('daily', { cron: '17 4 * * *' });
  t.is((await schedule.list())[0]?.rule, 'cron 17 4 * * *');
  const id = await schedule.trigger('daily');
  t.is(await client.workflow.getHandle('tick', 'tick', id).result(), `daily ${id}`);
  await schedule.pause('daily');
  t.is((await schedule.get('daily'))?.state, 'paused');
  t.true(await schedule.delete('daily'));
  t.false(await schedule.delete('daily'));
  t.is(await schedule.get('daily'), undefined);
});

test.serial('schedules: what rolls back was not scheduled', async (t) => {
  const { client, pool } = await durableTest(t);
  await client.schedule.list(); // the connection is there
  const tx = await pool.connect();
  await tx.query('begin');
  await client.schedule.create({ scheduleId: 'gone', workflow: 'tick', every: '1h', tx });
  await tx.query('rollback');
  tx.release();
  t.deepEqual(await client.schedule.list(), []);
});

test.serial('schedules: bad input names the option', async (t) => {
  const { client } = await durableTest(t);
  const { schedule } = client;
  const base = { scheduleId: 'x', workflow: 'tick' };
  const refused = async (options: object, code: string, text: RegExp) => {
    const error = await t.throwsAsync(schedule.create({ ...base, ...options }), {
      instanceOf: RatchetError,
    });
    t.is(error.code, code);
    t.regex(`${error.message} ${error.hint} ${JSON.stringify(error.detail)}`, text);
  };
  await refused({ cron: '@daily', timeZone: 'UTC' }, 'WF104', /Did you mean 'timezone'/);
  await refused({ cronn: '@daily' }, 'WF104', /Did you mean 'cron'/);
  await refused({ cron: 'daily' }, 'WF108', /daily/);
  await refused({ every: 'soon' }, 'WF103', /every/);
  await refused({ every: '1s', startsAt: new Date(NaN) }, 'WF104', /startsAt/);
  for (const far of [new Date(8.64e15), new Date(-8.64e15), new Date(-62_135_596_800_001)]) {
    await refused({ every: '1s', startsAt: far }, 'WF104', /startsAt.*9999/);
    await refused({ every: '1s', endsAt: far }, 'WF104', /endsAt.*9999/);
  }
  await refused({ cron: '@daily', timezone: 'Mars' }, 'WF104', /IANA/);
  await refused({ every: '1s', scheduleId: '' }, 'WF101', /scheduleId/);
  for (const entity of [5, {}, null, '', 'x'.repeat(600)]) {
    await refused({ every: '1s', entity }, 'WF101', /entity/);
  }
  for (const workflow of [null, undefined, 5, {}]) {
    await refused({ every: '1s', workflow }, 'WF104', /workflow/);
  }
  for (const option of ['cron', 'timezone', 'taskQueue', 'entity', 'scheduleId', 'workflow']) {
    await refused({ cron: '@daily', [option]: 'UTC\u0000' }, 'WF105', new RegExp(option));
  }
  for (const [option, value] of Object.entries({
    cron: 5,
    timezone: {},
    catchUp: 'x',
    overlap: 5,
  })) {
    await refused({ cron: '@daily', [option]: value }, 'WF104', new RegExp(option));
  }
  for (const args of ['abc', { a: 1 }, null]) await refused({ every: '1s', args }, 'WF104', /args/);
  await refused({ every: '1s', expire: 'x' }, 'WF104', /expire/);
  await refused({ every: '1h', timezone: 'UTC' }, 'WF104', /timezone/);
  await refused({ cron: '@daily', delay: '1h' }, 'WF104', /delay/);
  await refused({ every: '1h', delay: '1h', startsAt: new Date() }, 'WF104', /delay/);
  await refused({ every: '1h', catchUpWindow: '1h' }, 'WF104', /catchUpWindow/);
  await refused({ every: '1h', catchUp: 'one', catchUpWindow: '1h' }, 'WF104', /catchUpWindow/);
  const both = { every: '1h', timezone: 'UTC' };
  await t.throwsAsync(schedule.alter('x', both), { code: 'WF104', message: /timezone/ });
  await t.throwsAsync(schedule.list(5 as never), { code: 'WF101' });
  await t.throwsAsync(schedule.pause('x', { nameSpace: 'a' } as object), { code: 'WF104' });
  await t.throwsAsync(schedule.resume('x'), { code: 'WF203' });
});

test.serial('schedules: an id that is accepted has room for every run', async (t) => {
  const { client } = await durableTest(t);
  const { schedule } = client;
  const create = (scheduleId: string) =>
    schedule.create({ scheduleId, workflow: 'tick', every: '1h', startsAt: new Date(0) });
  await t.throwsAsync(create('i'.repeat(476)), { code: 'WF101', message: /invalid name/ });
  const longest = 'i'.repeat(475);
  await create(longest);
  const id = await schedule.trigger(longest);
  t.is((await schedule.get(longest))?.lastWorkflowId, id);
});
