import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';

const REFUSED = { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' };

/** Loses its connection at the first statement that looks at the engine's version. */
function cutOnce() {
  let cuts = 0;
  class CutClient extends Client {
    override query(...args: never[]): never {
      const [config] = args as unknown as [string | { text?: string }];
      const text = typeof config === 'string' ? config : (config.text ?? '');
      if (text.includes('ratchet.version()') && cuts === 0) {
        cuts += 1;
        return Client.prototype.query.call(
          this,
          ...(['select pg_terminate_backend(pg_backend_pid())', ...args.slice(1)] as never[]),
        ) as never;
      }
      return Client.prototype.query.apply(this, args) as never;
    }
  }
  return { class: CutClient, cuts: () => cuts };
}

test('a connection that is cut while the engine is looked at is made again', async (t) => {
  const { url } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const cut = cutOnce();
  const connection = { class: cut.class, options: { connectionString: url, Client: cut.class } };
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start({ workflowName: 'any', taskQueue: 'q', args: [] });
  t.is(await handle.status(), 1);
  t.is(cut.cuts(), 1);
});

test('a server that is not there is reported within seconds', async (t) => {
  t.teardown(() => Durable.shutdown());
  const client = new Durable.Client({ connection: { class: Client, options: REFUSED } });
  await t.throwsAsync(client.workflow.start({ workflowName: 'any', taskQueue: 'q', args: [] }), {
    code: 'ECONNREFUSED',
  });
});
