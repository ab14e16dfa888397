import test from 'ava';
import { migrate } from '../../driver/database/migrate';
import { RatchetError } from '../../driver/errors';
import { emptyDatabase, testDatabase } from '../support/cluster';

const options = '-c default_transaction_read_only=on';

for (const [state, database] of [
  ['before', emptyDatabase],
  ['after', testDatabase],
] as const) {
  test(`a read-only server is refused ${state} the installation`, async (t) => {
    const { url } = await database(t);
    const connection = { connectionString: url, options };
    const error = await t.throwsAsync(migrate({ connection }), { instanceOf: RatchetError });
    t.is(error.code, 'WF603');
    t.deepEqual(error.detail, { is_standby: false, is_read_only: true });
  });
}

test('no database at all is an argument error', async (t) => {
  await t.throwsAsync(migrate({}), { code: 'WF104' });
});
