import test from 'ava';
import { DBA } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor } from '../support/wait-for';

const SIGNING = `
app:
  id: shop
  version: '1'
  graphs:
    - subscribes: contract.sent
      expire: 3600
      activities:
        sent:
          type: trigger
          entity: contract
          stats: { id: '{$self.input.data.id}' }
          job:
            maps:
              region: '{$self.output.data.region}'
              'kept[_]': { _buyer: '{$self.output.data.buyer}', other: 1 }
        signature: { type: hook, job: { maps: { by: '{$self.hook.data.by}' } } }
      transitions:
        sent: [{ to: signature }]
      hooks:
        contract.signed:
          - to: signature
            conditions:
              match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }]
`;

test.serial('9: prune strips what ran, and removes jobs whose time is over', async (t) => {
  const { running, connection, pool } = await meshTest(t);
  const mesh = await running(SIGNING);
  const marker = { '-m-': 'kept' };
  for (const id of ['p1', 'p2']) {
    const payload = { id, region: 'eu', buyer: `b-${id}` };
    await mesh.pub('contract.sent', payload, null, { marker, search: { city: 'Graz' } });
  }
  await mesh.signal('contract.signed', { id: 'p1', by: 'ann' });
  await waitFor('it is over', async () => (await mesh.getStatus('p1')) === 0);
  t.deepEqual(Object.keys((await mesh.export('p1')).process), ['0', '$contract.sent']);
  const open = await mesh.export('p2');

  const dba = { connection, appId: 'shop' };
  t.like(await DBA.prune({ ...dba, entities: ['parcel'], attributes: true }), { marked: 0 });
  t.like(await DBA.prune({ ...dba, attributes: true }), { jobs: 0, marked: 1 });
  t.like(await DBA.prune({ ...dba, attributes: true }), { jobs: 0, marked: 0 });
  t.deepEqual(await mesh.export('p2'), open, 'a running job is left alone');
  const { process, status } = await mesh.export('p1');
  t.is(status, '0');
  t.deepEqual(Object.keys(process), ['$contract.sent']);
  const { data } = await mesh.getState('contract.sent', 'p1');
  t.deepEqual(data, { region: 'eu', by: 'ann' });
  t.deepEqual(await mesh.getQueryState('p1', ['buyer', 'city', '"-m-"']), {
    ...{ buyer: 'b-p1', city: 'Graz', '-m-': 'kept' },
  });

  t.like(await DBA.prune({ ...dba, jobs: false }), { jobs: 0 });
  await pool.query(`update ratchet.jobs set finished_at = finished_at - interval '61 minutes'
    where finished_at is not null`);
  t.like(await DBA.prune({ ...dba, appId: 'other' }), { jobs: 0 });
  t.like(await DBA.prune(dba), { jobs: 1 });
  t.like(await t.throwsAsync(mesh.getState('contract.sent', 'p1')), { code: 404 });
  t.is(await mesh.getStatus('p2'), 1);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
