import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { Database } from '../../driver/database/database';
import { Inbox, type Asked } from '../../driver/engine/inbox';
import { waitFor } from '../support/wait-for';

const PATIENCE_MS = 100;

/** An inbox, and a way to send answers to it; no database is asked. */
function inbox() {
  const sent: string[][] = [];
  let taken = 0;
  const rows = async (text: string) => {
    if (!text.includes('take_broadcasts')) return [];
    taken += sent.length;
    return sent.splice(0);
  };
  const own = new Inbox({ rows } as unknown as Database, 1);
  let count = 0;
  /** Resolves when the answer has come in. */
  const answer = async (box: string, jobId: string, payload: string) => {
    const before = taken;
    sent.push([String((count += 1)), box, 'topic', jobId, payload]);
    own.look(); // as a notification makes it do
    await waitFor('it is taken', () => taken > before);
    await pause(5);
  };
  const ask = (start: (box: string) => Promise<Asked>) => own.ask('space', start, PATIENCE_MS);
  const started = async (jobId: string): Promise<Asked> => ({ jobId, answer: undefined });
  /** Another call is on its way until `end` is called, and its answer comes before it ends. */
  const meanwhile = async () => {
    let end = () => {};
    const open = new Promise<void>((resolve) => (end = resolve));
    const done = ask(async (box) => {
      await open;
      await answer(box, 'meanwhile', 'to the other');
      return started('meanwhile');
    });
    await pause(5);
    return async () => {
      end();
      return (await done).answer;
    };
  };
  return { own, ask, started, answer, meanwhile };
}

test('one that comes before its call knows the id is for that call', async (t) => {
  const { own, ask, started, answer } = inbox();
  const early = ask(async (box) => {
    await answer(box, 'a', 'first');
    await answer(box, 'a', 'second');
    return started('a');
  });
  t.deepEqual(await early, { jobId: 'a', answer: 'first' });
  await own.close();
});

test('one that was given to its call is given to no other', async (t) => {
  const { own, ask, started, answer, meanwhile } = inbox();
  const end = await meanwhile();
  const early = ask(async (box) => {
    await answer(box, 'a', 'first');
    return started('a');
  });
  t.is((await early).answer, 'first');
  const again = ask(() => started('a'));
  t.is((await again).answer, undefined, 'a job of the same id, later');
  t.is(await end(), 'to the other');
  await own.close();
});

test('one that comes too late is given to nobody', async (t) => {
  const { own, ask, started, answer, meanwhile } = inbox();
  let box = '';
  const end = await meanwhile();
  const late = ask((given) => {
    box = given;
    return started('a');
  });
  t.is((await late).answer, undefined);
  await answer(box, 'a', 'late');
  const waits = ask(() => started('b'));
  t.is(await end(), 'to the other');
  const again = ask(() => started('a'));
  t.is((await again).answer, undefined, 'no call that is left began before it');
  await waits;
  await own.close();
});
