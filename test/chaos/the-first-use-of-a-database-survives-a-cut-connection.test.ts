import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';

const REFUSED = { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' };

const CUT = 'select pg_terminate_backend(pg_backend_pid())';

/** Loses its connection at the first statement that looks at the engine's version. */
function cutOnce() {
  let cuts = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const query = Client.prototype.query as (...args: unknown[]) => unknown;
  class CutClient extends Client {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of every form of query
    override query(...args: any[]): any {
      const [config, ...rest] = args as [string | { text?: string }];
      const text = typeof config === 'string' ? config : (config.text ?? '');
      const isCut = text.includes('ratchet.version()') && (cuts += 1) === 1;
      return query.call(this, isCut ? CUT : config, ...rest);
    }
  }
  return { class: CutClient, cuts: () => cuts };
}

test.serial('a connection that is cut while the engine is looked at is made again', async (t) => {
  const { url } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const cut = cutOnce();
  const connection = { class: cut.class, options: { connectionString: url, Client: cut.class } };
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start({ workflowName: 'any', taskQueue: 'q', args: [] });
  t.is(await handle.status(), 1);
  t.true(cut.cuts() > 1);
});

test.serial('a server that is not there is reported within seconds', async (t) => {
  t.teardown(() => Durable.shutdown());
  const client = new Durable.Client({ connection: { class: Client, options: REFUSED } });
  await t.throwsAsync(client.workflow.start({ workflowName: 'any', taskQueue: 'q', args: [] }), {
    code: 'ECONNREFUSED',
  });
});
