import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

async function workerOf(...routes: object[]) {
  const text = `select ratchet.register_worker('test', $1)`;
  return sql.value<string>(text, [JSON.stringify(routes)]);
}

test.serial('turns: what has waited longest is served first, whatever its route', async (t) => {
  const [a, b] = [sql.name(), sql.name()];
  const worker = await workerOf({ queue: a, workflow: a }, { queue: b, workflow: b });
  for (let index = 0; index < 5; index += 1) await sql.start(a, `${a}-early-${index}`);
  await sql.start(b, `${b}-between`);
  for (let index = 0; index < 50; index += 1) await sql.start(a, `${a}-late-${index}`);
  const served: string[] = [];
  for (let call = 0; call < 4; call += 1) {
    const work = await sql.exchange(worker, { turns: 3 });
    served.push(...work.map((item) => item.workflow_id));
  }
  t.true(served.includes(`${b}-between`), served.join());
});

test.serial('activities: the same', async (t) => {
  const [a, b] = [sql.name(), sql.name()];
  const owner = await sql.worker(a);
  const job = await sql.start(a, a);
  await sql.exchange(owner);
  const plan = (position: number, queue: string) => ({
    plans: [{ job, position, kind: 'activity', queue }],
  });
  for (let position = 1; position <= 5; position += 1) {
    await sql.exchange(owner, plan(position, `${a}-act`));
  }
  await sql.exchange(owner, plan(6, `${b}-act`));
  for (let position = 7; position <= 40; position += 1) {
    await sql.exchange(owner, plan(position, `${a}-act`));
  }
  const worker = await workerOf({ queue: `${a}-act` }, { queue: `${b}-act` });
  const served: number[] = [];
  for (let call = 0; call < 4; call += 1) {
    const work = await sql.exchange(worker, { activities: 3 });
    served.push(...work.map((item) => item.position));
  }
  t.true(served.includes(6), served.join());
});
