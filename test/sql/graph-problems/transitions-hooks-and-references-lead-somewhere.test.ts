import test from 'ava';
import { engine } from '../../support/engine';
import {
  flat,
  key,
  matching,
  pipe,
  problemsOf,
  rule,
  to,
  trigger,
  worker,
  type ProblemCase,
} from '../../support/graph-documents';

const sql = engine();

const cases: ProblemCase[] = [
  // Transitions.
  [
    flat({ a: worker }, { transitions: { t: to('a'), b: to('a') } }),
    'transitions.b',
    'b',
    'transitions from the unknown activity "b"',
  ],
  [
    flat({ a: worker }, { transitions: { t: to('a', 'b') } }),
    'transitions.t.1.to',
    't',
    'transition to the unknown activity "b"',
  ],
  [
    flat({ a: worker }, { transitions: { t: [{ to: 'a' }, {}] } }),
    'transitions.t.1',
    't',
    'the transition leads nowhere',
  ],
  [
    flat({ a: worker, b: worker }, { transitions: { t: to('a', 'b'), a: to('b') } }),
    'transitions.t.1.to',
    't',
    '"b" has more than one incoming transition',
  ],
  [
    flat({ a: worker }, { transitions: { t: to('a', 'a') } }),
    'transitions.t.1.to',
    't',
    '"a" has more than one incoming transition',
  ],
  [
    flat({ a: worker, b: worker }, { transitions: { a: to('b'), b: to('a') } }),
    'transitions.a.0.to',
    'a',
    'circular transition: "b" leads back to itself',
  ],
  [
    flat({ a: worker }, { transitions: { t: to('a'), a: to('t') } }),
    'transitions.a.0.to',
    'a',
    'circular transition: "t" leads back to itself',
  ],
  [flat({ a: worker }, { transitions: {} }), 'activities.a', 'a', '"a" is never reached'],
  [
    flat({ a: worker }, { transitions: { t: 1 } }),
    'transitions.t',
    null,
    'transition is the number 1 and should be a list',
  ],
  [
    flat({ a: worker }, { transitions: { t: [{ to: 'a', conditions: { gate: 'xor' } }] } }),
    'transitions.t.0.conditions.gate',
    't',
    'unknown gate "xor"',
  ],
  [
    flat({ a: worker }, { transitions: { t: [{ to: 'a', conditions: { code: {} } }] } }),
    'transitions.t.0.conditions.code',
    't',
    '"code" is an object and should be a number, text, or a list of these',
  ],
  [
    flat({ a: worker }, { transitions: { t: [{ to: 'a', conditions: { match: {} } }] } }),
    'transitions.t.0.conditions.match',
    't',
    '"match" is an object and should be a list',
  ],
  // Hooks.
  [
    flat({ a: { type: 'hook' } }, rule(key, 'b')),
    'hooks.h.0.to',
    'b',
    'hook rule to the unknown activity "b"',
  ],
  [
    flat({ a: worker }, rule(key)),
    'hooks.h.0.to',
    'a',
    'hook rule to "a", which is of type worker',
  ],
  [
    flat({ a: { type: 'hook' } }, rule({ match: [] })),
    'hooks.h.0',
    'a',
    'the hook rule has no match',
  ],
  [flat({ a: { type: 'hook' } }, rule()), 'hooks.h.0', 'a', 'the hook rule has no match'],
  [
    flat({ a: { type: 'hook' } }, rule({ match: [{ expected: 'x' }] })),
    'hooks.h.0.conditions.match.0',
    'a',
    'the match has no actual',
  ],
  // References and expressions.
  [
    flat({ a: { ...worker, input: { maps: { x: '{b.output.data.x}' } } } }),
    'activities.a.input.maps.x',
    'a',
    'reference {b.output.data.x} to an unknown activity',
  ],
  [
    flat(
      { a: worker },
      {
        transitions: matching({
          expected: 1,
          actual: pipe(['{b.output.data.x}', 1], ['{@math.add}']),
        }),
      },
    ),
    'transitions.t.0.conditions.match.0.actual.@pipe.0.0',
    't',
    'reference {b.output.data.x} to an unknown activity',
  ],
  [
    {
      graphs: [
        { subscribes: 'x', ...flat({ a: worker }) },
        {
          subscribes: 'y',
          activities: { t2: { ...trigger, job: { maps: { z: '{a.output.data.z}' } } } },
        },
      ],
    },
    'graphs.1.activities.t2.job.maps.z',
    't2',
    'reference {a.output.data.z} to an activity of another graph',
  ],
];

for (const [index, [document, path, activity, message]] of cases.entries()) {
  test.serial(`${index}: ${message}`, async (t) => {
    const found = await problemsOf(sql, document);
    const shown = found.map((each) => ({ ...each, path: each.path.join('.') }));
    const problem = shown.find((each) => each.path === path && each.message === message);
    t.is(problem?.severity, 'error', JSON.stringify(shown, null, 1));
    if (activity !== null) t.is(problem?.activity, activity);
  });
}

test.serial('expressions of a wrong shape, and functions that do not exist', async (t) => {
  const maps = {
    unknown: pipe(['{$self.output.data.x}'], ['{@math.addd}']),
    shape: pipe(['{$self.output.data.x}', 1], [7]),
    empty: pipe(),
  };
  const problems = await problemsOf(sql, flat({ a: { ...worker, job: { maps } } }));
  for (const name of Object.keys(maps)) {
    const found = problems.filter(({ path }) =>
      path.join('.').startsWith(`activities.a.job.maps.${name}`),
    );
    t.true(found.length > 0 && found.every(({ severity }) => severity === 'error'), name);
    t.is(found[0]?.activity, 'a');
  }
  t.regex(JSON.stringify(problems), /addd/);
});

test('a name is proposed that is near, and none for what is too long to compare', async (t) => {
  const nearest = (word: string, words: string[]) =>
    sql.value<string | null>('select ratchet_internal.nearest_word($1, $2)', [word, words]);
  t.is(await nearest('chrage', ['refund', 'charge']), 'charge');
  t.is(await nearest('a', ['b', 'long name']), 'b');
  t.is(await nearest('x', ['charge']), null);
  const long = 'a'.repeat(100_000);
  t.is(await nearest(`${long}b`, [`${long}c`, 'a']), null);
});
