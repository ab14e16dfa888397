import test from 'ava';
import { toldBy, type Told } from '../support/fake-telemetry';

type Span = Told['spans'][number];

const PROGRAM = 'graph-telemetry-main.ts';
const DATA = 'app.activity.data.';

/** What `telemetry` of its activity made of a span. */
function dataOf({ attributes }: Span): Record<string, unknown> {
  const own = Object.entries(attributes).filter(([key]) => key.startsWith(DATA));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(DATA.length), value]));
}

test('12: each leg of each type of activity is a span under the one before it', async (t) => {
  const { told } = await toldBy(t, PROGRAM, { HMSH_TELEMETRY: 'debug' });
  const spans = told?.spans ?? [];
  t.true(spans.every(({ kind }) => kind === 2));
  const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const ofJob = (job: string) =>
    spans
      .filter(({ attributes }) => attributes['app.job.jid'] === job)
      .map((span) => [span.name, nameOf.get(span.parent?.spanId ?? ''), dataOf(span)]);
  t.deepEqual(ofJob('all'), [
    ['TRIGGER/shop/start/1', 'JOB/shop/everything/1', { word: 'yes' }],
    ['HOOK/shop/pass/1', 'TRIGGER/shop/start/1', { round: 0 }],
    ['CYCLE/shop/again/1', 'HOOK/shop/pass/1', { n: 1 }],
    ['HOOK/shop/pass/2', 'HOOK/shop/pass/1', { round: 1 }],
    ['HOOK/shop/wait/1', 'HOOK/shop/pass/2', {}],
    ['SIGNAL/shop/tell/1', 'HOOK/shop/pass/2', { open: 2 }],
    ['HOOK/shop/odd/1', 'SIGNAL/shop/tell/1', {}],
    ['JOB/shop/everything/1', undefined, {}],
    ['HOOK/shop/wait/2', 'HOOK/shop/wait/1', { heard: 'yes' }],
    ['AWAIT/shop/kid/1', 'HOOK/shop/wait/2', {}],
    ['AWAIT/shop/kid/2', 'AWAIT/shop/kid/1', { age: 1 }],
    ['INTERRUPT/shop/stop/1', 'AWAIT/shop/kid/2', { last: true }],
  ]);
  const named = (name: string) => spans.find((span) => span.name === name);
  const kid = String(named('TRIGGER/shop/born/1')?.attributes['app.job.jid']);
  t.deepEqual(ofJob(kid), [
    ['TRIGGER/shop/born/1', 'AWAIT/shop/kid/1', {}],
    ['HOOK/shop/grow/1', 'TRIGGER/shop/born/1', {}],
    ['HOOK/shop/grow/2', 'HOOK/shop/grow/1', { age: 1 }],
  ]);
  t.true(spans.filter(({ name }) => /pass|grow/.test(name)).every(({ error }) => !error));
  t.is(named('HOOK/shop/wait/2')?.parent?.traceId, 'a'.repeat(32));
  t.like(named('HOOK/shop/wait/2')?.attributes, {
    ...{ 'app.job.jid': 'all', 'app.job.jss': 1, 'app.job.trc': undefined },
    ...{ 'app.activity.aid': 'wait', 'app.activity.atp': 'hook', 'app.activity.leg': 2 },
    'app.activity.dad': ',0,1,0',
    'app.activity.mid': named('HOOK/shop/wait/1')?.attributes['app.activity.mid'],
  });
  const under = (name: string) => nameOf.get(named(name)?.parent?.spanId ?? '');
  t.is(under('AWAIT/shop/send/1'), 'WORKER/shop/check/2', 'workers are among them');
  t.is(under('WORKER/shop/refuse/1'), 'TRIGGER/shop/sending/1');
  t.is(under('HOOK/shop/end/1'), 'WORKER/shop/refuse/2');
  t.is(under('WORKER/shop/hold/2'), 'WORKER/shop/hold/1', 'answered by hand');
  t.is(under('HOOK/shop/free/1'), 'WORKER/shop/hold/2');
  const messages = spans.filter(({ name }) => name.startsWith('FAN'));
  const fans = messages.map(({ name, parent }) => `${name} < ${nameOf.get(parent?.spanId ?? '')}`);
  t.deepEqual([...new Set(fans)].sort(), [
    'FANIN/shop/check < WORKER/shop/check/2',
    'FANIN/shop/hold < WORKER/shop/hold/2',
    'FANIN/shop/kid < AWAIT/shop/kid/2',
    'FANIN/shop/refuse < WORKER/shop/refuse/2',
    'FANIN/shop/send < AWAIT/shop/send/2',
    'FANOUT/shop/check < WORKER/shop/check/1',
    'FANOUT/shop/hold < WORKER/shop/hold/1',
    'FANOUT/shop/kid < AWAIT/shop/kid/1',
    'FANOUT/shop/refuse < WORKER/shop/refuse/1',
    'FANOUT/shop/send < AWAIT/shop/send/1',
  ]);
  t.like(named('FANOUT/shop/kid')?.attributes, {
    ...{ 'app.stream.aid': 'kid', 'app.stream.jid': 'all', 'app.stream.topic': 'young' },
    'app.stream.guid': named('AWAIT/shop/kid/1')?.attributes['app.activity.mid'],
  });
});
