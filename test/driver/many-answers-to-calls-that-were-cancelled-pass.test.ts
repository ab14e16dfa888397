import test from 'ava';
import type { Work } from '../../driver/database/exchange';
import type { Call } from '../../driver/engine/call';
import { History } from '../../driver/engine/history';
import { LiveTurn } from '../../driver/engine/live-turn';
import type { TurnHost } from '../../driver/engine/turn-host';

const COUNT = 20_000;
const ANSWER = { isFailed: false, value: '1' };

const call: Call = {
  ...{ kind: 'sleep', name: 'sleep', input: null, queue: null, delay: 1, options: null },
  ...{ isCancellable: true, convert: ({ value }) => value },
};
const shielded = { ...call, isCancellable: false };
const work = { jobId: '1', address: '', isCancelled: false } as Work;
const nothing = () => undefined;
const host: TurnHost = {
  ...{ connection: undefined, logLevel: undefined },
  ...{ begin: nothing, report: nothing, settle: nothing, emit: nothing },
};

test('after an outage that they have waited out, with the cancellation', async (t) => {
  const turn = new LiveTurn(work, new History(), host, false);
  turn.start();
  const last = Array.from({ length: COUNT }, () => turn.call(call)).at(-1);
  const after = turn.call(shielded);
  for (let position = 1; position <= COUNT + 1; position += 1) turn.answer(position, ANSWER);
  turn.cancel();
  turn.rest();
  await t.throwsAsync(last ?? Promise.resolve(), { message: /cancelled/ });
  turn.rest();
  t.is(await after, '1');
});
