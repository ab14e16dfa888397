import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

test.serial(
  'an activity is elsewhere in its tree when one above it did not run there',
  async (t) => {
    const under = (parent: string, trigger = 'start'): Graph => ({
      subscribes: 'run',
      expire: 600,
      activities: {
        [trigger]: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        left: { type: 'hook' },
        right: { type: 'hook' },
        below: { type: 'hook' },
        hold: { type: 'hook', job: { maps: { done: true } } },
      },
      transitions: {
        [trigger]: [{ to: 'left' }, { to: 'right', conditions: { code: 500 } }],
        [parent]: [{ to: 'below' }],
        below: [{ to: 'hold' }],
      },
      hooks: { go: byJob('hold') },
    });
    const app = await graphApp(sql, under('left'));
    for (const id of ['a', 'b', 'c', 'd']) await app.publish('run', { id });
    const go = async (id: string, version: string, graph: Graph) => {
      await app.deploy(version, graph);
      await app.activate(version);
      await app.signal('go', { id });
      await app.run();
      return app.state(id);
    };
    const moved = { status: 0, error: { code: 598, activity: 'hold' } };
    t.like(await go('a', '2', under('right')), moved, 'the branch hangs on another activity');
    t.like(await go('b', '3', under('left', 'begin')), moved, 'its graph has another trigger');
    t.like(await go('c', '4', under('left')), { status: 0, data: { done: true } });
    await app.deploy('4', under('right'));
    await app.signal('go', { id: 'd' });
    await app.run();
    t.like(await app.state('d'), moved, 'the active version was deployed anew');
  },
);

for (const kind of ['cycle', 'interrupt']) {
  test.serial(`what waits and becomes of type ${kind} does not fit`, async (t) => {
    const graph = (hold: object, more: Partial<Graph>): Graph => ({
      subscribes: 'run',
      activities: {
        start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        above: { type: 'hook' },
        hold: hold as Graph['activities'][string],
      },
      transitions: { start: [{ to: 'above' }], above: [{ to: 'hold' }] },
      ...more,
    });
    const app = await graphApp(sql, graph({ type: 'hook' }, { hooks: { go: byJob('hold') } }));
    await app.publish('run', { id: 'a' });
    await app.signal('go', { id: 'a' });
    await app.deploy('2', graph({ type: kind, ancestor: 'above' }, {}));
    await app.activate('2');
    await app.run();
    t.like(await app.state('a'), { status: 0, error: { code: 598, activity: 'hold' } });
  });
}

test.serial('an activity that would run again where it has run does not fit', async (t) => {
  const under = (parent: string): Graph => ({
    subscribes: 'run',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      left: { type: 'hook' },
      hold: { type: 'hook' },
      below: { type: 'hook' },
    },
    transitions: { start: [{ to: 'left' }, { to: 'hold' }], [parent]: [{ to: 'below' }] },
    hooks: { go: byJob('hold') },
  });
  const app = await graphApp(sql, under('left'));
  await app.publish('run', { id: 'a' });
  await app.deploy('2', under('hold'));
  await app.activate('2');
  await app.signal('go', { id: 'a' });
  await app.run();
  const { status, error } = await app.state('a');
  t.like({ status, error }, { status: 0, error: { code: 598 } });
  t.regex(String(error?.['message']), /has run at this place before/);
});
