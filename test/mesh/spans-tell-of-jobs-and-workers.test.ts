import test from 'ava';
import { toldBy } from '../support/fake-telemetry';

const PROGRAM = 'graph-telemetry-main.ts';

test('12: a start and each run of a callback is a span, in the trace of its caller', async (t) => {
  const { told } = await toldBy(t, PROGRAM, { HMSH_TELEMETRY: 'info' });
  const spans = told?.spans ?? [];
  const named = (name: string) => spans.filter((span) => span.name === name);
  t.deepEqual([...new Set(spans.map(({ name }) => name))].sort(), [
    ...['EXECUTE/shop/check/check', 'EXECUTE/shop/hold/hold', 'EXECUTE/shop/refuse/refuse'],
    ...['JOB/shop/asked/1', 'JOB/shop/broken/1', 'JOB/shop/everything/1', 'JOB/shop/held/1'],
    ...['TRIGGER/shop/begin/1', 'TRIGGER/shop/start/1', 'TRIGGER/shop/taken/1'],
    ...['WORKER/shop/check/1', 'WORKER/shop/check/2'],
    ...['WORKER/shop/hold/1', 'WORKER/shop/hold/2'],
    ...['WORKER/shop/refuse/1', 'WORKER/shop/refuse/2'],
  ]);
  const [given, own, inner] = ['given', 'own', 'inner'].map((jid) =>
    named('JOB/shop/asked/1').find(({ attributes }) => attributes['app.job.jid'] === jid),
  );
  const [check, ownCheck, innerCheck] = ['given', 'own', 'inner'].map((jid) =>
    named('EXECUTE/shop/check/check').find(
      ({ attributes }) => attributes['app.stream.jid'] === jid,
    ),
  );
  t.true(spans.every(({ kind }) => kind === 2));

  const trace = { traceId: 'a'.repeat(32) };
  t.like(given?.parent, { ...trace, spanId: 'b'.repeat(16) });
  t.like(given?.attributes, {
    ...{ 'app.job.app': 'shop', 'app.job.tpc': 'asked', 'app.job.aid': 'begin' },
    ...{ 'app.job.jss': 1, 'app.job.trc': undefined },
  });
  const begun = named('TRIGGER/shop/begin/1').find(
    ({ parent }) => parent?.spanId === given?.spanId,
  );
  t.like(begun?.attributes, {
    ...{ 'app.job.jid': 'given', 'app.activity.aid': 'begin', 'app.activity.leg': 1 },
  });
  t.like(named('TRIGGER/shop/start/1')[0]?.attributes, {
    ...{ 'app.job.jid': 'all', 'app.activity.data.word': 'yes' },
    'app.activity.data.list': undefined,
  });
  const legOf = (name: string, spanId: string | undefined) =>
    named(name).find((span) => span.spanId === spanId);
  const entered = legOf('WORKER/shop/check/1', check?.parent?.spanId);
  t.like(entered?.parent, { ...trace, spanId: given?.spanId }, 'a worker is under its job');
  const mid = check?.attributes['app.stream.guid'];
  const answered = named('WORKER/shop/check/2').find(
    ({ parent }) => parent?.spanId === entered?.spanId,
  );
  for (const [leg, span] of [entered, answered].entries()) {
    t.like(span?.attributes, {
      ...{ 'app.activity.aid': 'check', 'app.activity.dad': ',0,0', 'app.activity.leg': leg + 1 },
      ...{ 'app.activity.mid': mid, 'app.activity.data.amount': 5, 'app.activity.data.big': true },
    });
  }
  t.like(check?.attributes, {
    ...{ 'app.stream.aid': 'check', 'app.stream.dad': ',0,0', 'app.stream.topic': 'check' },
    ...{ 'app.worker.mid': check?.attributes['app.stream.guid'], 'app.stream.trc': undefined },
    ...{ 'app.activity.data.amount': 5, 'app.activity.data.big': true },
    ...{ 'app.activity.data.list': undefined, error: undefined },
  });
  const refused = named('EXECUTE/shop/refuse/refuse')[0];
  t.is(refused?.error, 'Function Status Code 418');
  const refusing = legOf('WORKER/shop/refuse/1', refused?.parent?.spanId);
  t.like(refusing?.parent, { ...trace, spanId: given?.spanId }, 'so is one of a child');
  t.is(named('WORKER/shop/refuse/2')[0]?.error, 'Function Status Code 418');

  t.is(own?.parent, undefined);
  const under = (span: typeof check) => legOf('WORKER/shop/check/1', span?.parent?.spanId)?.parent;
  t.is(under(ownCheck)?.spanId, own?.spanId);
  t.is(inner?.parent?.spanId, ownCheck?.spanId, 'what a callback starts is under its span');
  t.is(under(innerCheck)?.spanId, inner?.spanId);
  t.is(named('JOB/shop/broken/1').length, 1);
  t.regex(String(named('JOB/shop/broken/1')[0]?.error), /expression failed/);

  const job = (id: string) =>
    named('JOB/shop/held/1').find(({ attributes }) => attributes['app.job.jid'] === id);
  t.deepEqual(
    named('WORKER/shop/hold/2').map(({ parent, error }) => [parent?.spanId, error]),
    [
      [job('freed')?.spanId, undefined],
      [job('denied')?.spanId, 'Function Status Code 409'],
    ],
    'an answer by hand is told of under its job, if it says which message it answers',
  );

  const [metadata] = (told as unknown as { seen: Record<string, unknown>[] }).seen;
  t.like(metadata, { trc: 'a'.repeat(32), spn: given?.spanId, telemetry: undefined });
});

test('12: without HMSH_TELEMETRY or an SDK nothing is told, and nothing lost', async (t) => {
  t.is((await toldBy(t, PROGRAM, {})).told, null);
  const { told } = await toldBy(t, PROGRAM, { HMSH_TELEMETRY: 'info', FAKE_WITHOUT_SDK: '1' });
  const [metadata, refused] = (told as unknown as { seen: Record<string, unknown>[] }).seen;
  t.like(metadata, { trc: 'a'.repeat(32), spn: 'b'.repeat(16), jid: 'given' });
  t.like(refused, { trc: 'a'.repeat(32), spn: 'b'.repeat(16) });
});
