// The graphs of the benchmark: one app, one version, a topic each.

interface Graph {
  subscribes: string;
  expire: number;
  activities: Record<string, object>;
  transitions: Record<string, { to: string; conditions?: object }[]>;
}

export const APP = 'bench';
export const STEP_TOPIC = 'step';
export const PASSES = 1_000;

const HOUR_SECONDS = 3_600;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Ids are unique in an app: those of a graph begin with its topic. */
const id = (topic: string, i: number) => (i === 0 ? `${topic}_start` : `${topic}_${i}`);
const x = (topic: string, i = 0) => `{${id(topic, i)}.output.data.x}`;
const onlyIf = (actual: unknown) => ({ match: [{ expected: true, actual }] });

function graph(
  topic: string,
  activities: [string, object][],
  transitions: [string, { to: string; conditions?: object }[]][],
): Graph {
  return {
    ...{ subscribes: topic, expire: HOUR_SECONDS },
    activities: { [id(topic, 0)]: { type: 'trigger' }, ...Object.fromEntries(activities) },
    transitions: Object.fromEntries(transitions),
  };
}

const worker = (from: string) => ({
  ...{ type: 'worker', topic: STEP_TOPIC },
  input: { maps: { x: from } },
});

/** Workers, one after another. */
function chain(topic: string, length: number): Graph {
  return graph(
    topic,
    numbers(length).map((i) => [id(topic, i), worker(x(topic, i - 1))]),
    numbers(length).map((i) => [id(topic, i - 1), [{ to: id(topic, i) }]]),
  );
}

/** Workers, all at once. */
function fan(topic: string, width: number): Graph {
  return graph(
    topic,
    numbers(width).map((i) => [id(topic, i), worker(x(topic))]),
    [[id(topic, 0), numbers(width).map((i) => ({ to: id(topic, i) }))]],
  );
}

/** Steps that need nobody: maps for itself and for the job, a condition on the one before. */
function plain(topic: string, length: number): Graph {
  const isOk = (i: number) =>
    i === 0 ? {} : { conditions: onlyIf(`{${id(topic, i)}.output.data.ok}`) };
  return graph(
    topic,
    numbers(length).map((i) => [
      id(topic, i),
      {
        type: 'hook',
        output: { maps: { x: x(topic, i - 1), ok: true } },
        job: { maps: { x: '{$self.output.data.x}', [`step${i}`]: true } },
      },
    ]),
    numbers(length).map((i) => [id(topic, i - 1), [{ to: id(topic, i), ...isOk(i - 1) }]]),
  );
}

/** A loop that is entered again and again, until its counter says that it is enough. */
function loop(topic: string): Graph {
  const n = `{${id(topic, 1)}.output.data.n}`;
  const next = { '@pipe': [[n, 1], ['{@math.add}']] };
  const isMore = { '@pipe': [[n, PASSES], ['{@conditional.less_than}']] };
  return graph(
    topic,
    [
      [id(topic, 1), { type: 'hook', cycle: true, output: { maps: { n: 1 } } }],
      [id(topic, 2), { type: 'cycle', ancestor: id(topic, 1), input: { maps: { n: next } } }],
    ],
    [
      [id(topic, 0), [{ to: id(topic, 1) }]],
      [id(topic, 1), [{ to: id(topic, 2), conditions: onlyIf(isMore) }]],
    ],
  );
}

/** One step that maps 50 values into the job. */
function map(topic: string, value: (i: number) => unknown): Graph {
  const maps = Object.fromEntries(numbers(50).map((i) => [`v${i}`, value(i)]));
  return graph(
    topic,
    [[id(topic, 1), { type: 'hook', job: { maps } }]],
    [[id(topic, 0), [{ to: id(topic, 1) }]]],
  );
}

export const DOCUMENT = {
  app: {
    id: APP,
    version: '1',
    graphs: [
      chain('chain10', 10),
      fan('fan100', 100),
      plain('plain10', 10),
      loop('loop'),
      map('pipes50', (i) => ({ '@pipe': [[x('pipes50'), i], ['{@math.add}']] })),
      map('paths50', () => x('paths50')),
    ],
  },
};
