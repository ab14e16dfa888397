import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const chart = async (app: string, version: string | null = null) =>
  (await sql.value<string>('select ratchet.graph_mermaid($1, $2)', [app, version])).split('\n');

const graph: Graph = {
  subscribes: 'order.wanted',
  activities: {
    wanted: { type: 'trigger' },
    check: { type: 'worker', topic: 'check' },
    hold: { type: 'hook', sleep: 60 },
    nap: { type: 'hook', sleep: 5 },
    again: { type: 'cycle', ancestor: 'hold' },
    other: { type: 'await', topic: 'other' },
    tell: { type: 'signal', topic: 'go' },
    stop: { type: 'interrupt' },
  },
  transitions: {
    wanted: [{ to: 'check' }, { to: 'nap' }],
    check: [{ to: 'hold' }, { to: 'stop', conditions: { code: 500 } }],
    hold: [{ to: 'again', conditions: { code: 202 } }, { to: 'other' }],
    other: [{ to: 'tell' }],
  },
  hooks: { go: byJob('hold') },
};

test.serial('all graphs of a version are there, with what leads on and back', async (t) => {
  const { app } = await graphApp(sql, graph, { activities: { rest: { type: 'trigger' } } });
  t.deepEqual(await chart(app), [
    'flowchart TD',
    '  subgraph g1 ["topic order.wanted"]',
    '    n1(["wanted<br/>trigger"])',
    '    n2("again<br/>cycle to hold")',
    '    n3["check<br/>worker check"]',
    '    n4{{"hold<br/>hook waits for signal go, at most 60 s"}}',
    '    n5{{"nap<br/>hook sleeps 5 s"}}',
    '    n6[["other<br/>await other"]]',
    '    n7[/"stop<br/>interrupt"/]',
    '    n8>"tell<br/>signal go"]',
    '    n1 --> n3',
    '    n1 --> n5',
    '    n3 --> n4',
    '    n3 -->|"code 500"| n7',
    '    n4 -->|"code 202"| n2',
    '    n4 --> n6',
    '    n6 --> n8',
    '    n2 -.->|"again"| n4',
    '  end',
    '  subgraph g9 ["any other topic"]',
    '    n9(["rest<br/>trigger"])',
    '  end',
  ]);
});

test.serial('a version may be named; what is unknown is refused', async (t) => {
  const { app, deploy } = await graphApp(sql, graph);
  await deploy('2', { subscribes: 'b', activities: { b: { type: 'trigger' } } });
  t.is((await chart(app)).length, 19);
  t.deepEqual((await chart(app, '2')).slice(1, 2), ['  subgraph g9 ["topic b"]']);
  t.is(await codeOf(chart(app, '3')), 'WF207');
  t.is(await codeOf(chart('nobody')), 'WF207');
  t.is(await codeOf(chart('nobody', '1')), 'WF207');
  t.is(await codeOf(chart('a b')), 'WF101');
});

const HOSTILE = [
  'x"] --> evil["y',
  'x"|n1; click n1 "javascript:alert(1)"',
  '<img src=x onerror=alert(1)>',
  '&lt;b&gt; #quot; #35; #',
  '%%{init: {"securityLevel": "loose"}}%% end',
  '`**md** _a_ [l](http://evil.example) www.evil.example a@b.example`',
  '1. list - item --- === $$x^2$$ \\"',
  'ü😀 \u2028\u202e\u00a0 {{a}} (b) [c]',
];
const LABEL = /^(?:[A-Za-z0-9 ,._=-]|#\d+;)*$/;
const LINE = new RegExp(
  [
    /^flowchart TD$|^ {2}end$|^ {4}n\d+ --> n\d+$/,
    /^ {2}subgraph g\d+ \["(.*?)"\]$/,
    /^ {4}n\d+(?:\(\[|\{\{|\[\[|\[\/|\[|>|\()"(.*?)"(?:\]\)|\}\}|\]\]|\/\]|\]|\))$/,
    /^ {4}n\d+ (?:-->|-\.->)\|"(.*?)"\| n\d+$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** What a reader sees of a label. */
const shown = (label: string) =>
  label.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

test.serial('whatever stands in a document is text in a label', async (t) => {
  for (const text of HOSTILE) {
    const { app } = await graphApp(sql, {
      subscribes: flat(text),
      activities: {
        _start_: { type: 'trigger' },
        ask: { type: 'worker', topic: text },
        hold: { type: 'hook' },
        tell: { type: 'signal', topic: flat(text) },
      },
      transitions: {
        _start_: [
          { to: 'ask', conditions: { code: [text], match: [{ expected: text, actual: text }] } },
        ],
        ask: [{ to: 'hold' }],
        hold: [{ to: 'tell' }],
      },
      hooks: { [flat(text)]: byJob('hold') },
    });
    const lines = await chart(app);
    t.is(lines.length, 10, text);
    const labels = lines.flatMap((line) => {
      const found = LINE.exec(line);
      t.truthy(found, line);
      return (found?.slice(1) ?? []).filter((label) => label !== undefined);
    });
    for (const part of labels.flatMap((label) => label.split('<br/>'))) t.regex(part, LABEL);
    const texts = labels.map((label) => shown(label.replaceAll('<br/>', '\n')));
    const { condition } = (
      await sql.rows<{ condition: string }>(
        `select condition from ratchet.graph_transitions where app = $1 and to_activity = 'ask'`,
        [app],
      )
    )[0] ?? { condition: '' };
    const cut = (whole: string) =>
      [...whole].length > 160 ? `${[...whole].slice(0, 157).join('')}...` : whole;
    t.deepEqual(texts.map(flat), [
      `topic ${flat(text)}`,
      '_start_ trigger',
      flat(`ask worker ${flat(text)}`),
      flat(`hold hook waits for signal ${flat(text)}`),
      flat(`tell signal ${flat(text)}`),
      flat(cut(flat(condition))),
    ]);
  }
});
