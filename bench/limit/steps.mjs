// The limit's second process, for steps on a queue: takes them, runs them, hands in what came out.
import pg from 'pg';
import { onCommands } from '../commands.mjs';

const TAKE = 500;
const CONNECTIONS = 2;
const WORK = { name: 'work', text: 'select * from bare.work($1, $2, $3, $4, $5)' };

const act = async (x) => ({ ok: true, x });

let isTold = false;
let idleLanes = [];

async function lane(client) {
  let done = [[], [], []];
  for (;;) {
    if (done[0].length === 0 && !isTold) {
      await new Promise((go) => idleLanes.push(go));
      continue;
    }
    isTold = false;
    const { rows } = await client.query({ ...WORK, values: [...done, TAKE, 2] });
    if (rows.length === TAKE) isTold = true;
    const values = await Promise.all(rows.map(({ args }) => act(...args)));
    done = [
      rows.map((row) => row.run_id),
      rows.map((row) => row.number),
      values.map((value) => JSON.stringify(value)),
    ];
  }
}

onCommands({
  async open({ connectionString }) {
    for (let i = 0; i < CONNECTIONS; i += 1) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      if (i === 0) {
        client.on('notification', () => {
          isTold = true;
          for (const go of idleLanes.splice(0)) go();
        });
        await client.query('listen bare_tasks');
      }
      void lane(client);
    }
  },
  async rest() {},
});
