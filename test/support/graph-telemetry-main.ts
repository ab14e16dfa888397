// A program for test/mesh/spans-tell-of-jobs-and-workers: runs graphs, prints what the telemetry of
// its environment and its workers were told, as a line of JSON, and ends.
import { Client } from 'pg';
import { HotMesh, type StreamData } from '../../driver';

const yaml = `
app:
  id: shop
  version: 1
  graphs:
    - subscribes: asked
      activities:
        begin: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        check:
          type: worker
          topic: check
          telemetry:
            amount: '{begin.output.data.amount}'
            list: '{begin.output.data.list}'
            big:
              '@pipe':
                - ['{begin.output.data.amount}', 3]
                - ['{@conditional.greater_than}']
        send: { type: await, topic: sent, input: { maps: { n: '{begin.output.data.amount}' } } }
      transitions:
        begin: [{ to: check }]
        check: [{ to: send, conditions: { code: 200 } }]
    - subscribes: sent
      activities:
        sending: { type: trigger }
        refuse: { type: worker, topic: refuse }
        end: { type: hook }
      transitions:
        sending: [{ to: refuse }]
        refuse: [{ to: end, conditions: { code: 418 } }]
    - subscribes: everything
      activities:
        start:
          type: trigger
          stats: { id: '{$self.input.data.id}' }
          telemetry: { word: '{$self.input.data.word}', list: '{$self.input.data.list}' }
        pass:
          type: hook
          cycle: true
          output: { maps: { round: 0 } }
          telemetry: { round: '{$self.output.data.round}' }
        again: { type: cycle, ancestor: pass, input: { maps: { round: 1 } }, telemetry: { n: 1 } }
        wait: { type: hook, telemetry: { heard: '{$self.hook.data.word}' } }
        tell:
          type: signal
          subtype: one
          topic: go
          signal: { maps: { id: nobody } }
          telemetry: { open: '{$job.metadata.js}' }
        odd:
          type: hook
          telemetry:
            bad: { '@pipe': [['{start.output.data.none}'], ['{@string.toUpperCase}']] }
        kid: { type: await, topic: young, telemetry: { age: '{$self.output.data.age}' } }
        stop: { type: interrupt, throw: false, telemetry: { last: true } }
      transitions:
        start: [{ to: pass }]
        pass:
          - to: again
            conditions: { match: [{ expected: 0, actual: '{pass.output.data.round}' }] }
          - to: wait
            conditions: { match: [{ expected: 1, actual: '{pass.output.data.round}' }] }
          - to: tell
            conditions: { match: [{ expected: 1, actual: '{pass.output.data.round}' }] }
        tell: [{ to: odd }]
        wait: [{ to: kid }]
        kid: [{ to: stop }]
      hooks:
        go:
          - to: wait
            conditions:
              match: [{ expected: '{start.output.data.id}', actual: '{$self.hook.data.id}' }]
    - subscribes: young
      activities:
        born: { type: trigger }
        grow:
          type: hook
          sleep: 0.01
          job: { maps: { age: 1 } }
          telemetry: { age: '{$job.data.age}' }
      transitions:
        born: [{ to: grow }]
    - subscribes: held
      activities:
        taken: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        hold: { type: worker, topic: hold }
        free: { type: hook }
      transitions:
        taken: [{ to: hold }]
        hold: [{ to: free, conditions: { code: [200, 409] } }]
    - subscribes: broken
      activities:
        failing:
          type: trigger
          stats: { id: { '@pipe': [['{$self.input.data.none}'], ['{@string.toUpperCase}']] } }
`;

async function main(connectionString: string): Promise<void> {
  const connection = { class: Client, options: { connectionString } };
  const seen: StreamData['metadata'][] = [];
  const started: string[] = [];
  let held: (metadata: StreamData['metadata']) => void = () => undefined;
  const mesh: HotMesh = await HotMesh.init({
    ...{ appId: 'shop', logLevel: 'error', engine: { connection } },
    workers: [
      {
        ...{ topic: 'check', connection },
        callback: ({ metadata }) => {
          seen.push(metadata);
          // The span of this callback is current, and so the parent of the job.
          const own = metadata.jid === 'own' ? mesh.pub('asked', { id: 'inner' }) : undefined;
          return Promise.resolve(own).then((id) => {
            if (id !== undefined) started.push(id);
            return { data: {} };
          });
        },
      },
      {
        ...{ topic: 'hold', connection },
        callback: async ({ metadata }) => held(metadata),
      },
      {
        ...{ topic: 'refuse', connection },
        callback: async ({ metadata }) => {
          seen.push(metadata);
          throw Object.assign(new Error('a teapot'), { code: 418 });
        },
      },
    ],
  });
  await mesh.deploy(yaml);
  await mesh.activate('1');
  const metadata = { trc: 'a'.repeat(32), spn: 'b'.repeat(16) };
  await mesh.pubsub('asked', { id: 'given', amount: 5, list: [1] }, { metadata }, 20_000);
  await mesh.pubsub('asked', { id: 'own', amount: 1 }, null, 20_000);
  await mesh.pub('broken', {}).catch(() => undefined);
  await mesh.pub('everything', { id: 'all', word: 'yes', list: [1] }, { metadata });
  await mesh.signal('go', { id: 'all', word: 'yes' });
  const others = new Client({ connectionString });
  await others.connect();
  for (const [id, answer] of Object.entries({
    freed: { data: {} },
    denied: { status: 'error', code: 409 },
  })) {
    const holding = new Promise<StreamData['metadata']>((resolve) => (held = resolve));
    await mesh.pub('held', { id });
    const metadata = await holding;
    // No exchange goes on with the job, so that it is the second answer that does.
    await others.query('begin; select from ratchet_internal.workers for update');
    await mesh.add({ metadata, ...answer });
    await mesh.add({ metadata: { jid: id, aid: 'hold', dad: ',0,0' }, ...answer });
    await others.query('commit');
  }
  await others.end();
  for (const job of ['inner', 'all', 'freed', 'denied']) {
    while ((await mesh.getStatus(job)) > 0) await new Promise((go) => setTimeout(go, 5));
  }
  await HotMesh.stop();
  const told = (globalThis as { told?: object }).told ?? null;
  process.stdout.write(`${JSON.stringify(told && { ...told, seen, started })}\n`);
}

void main(process.argv[2] ?? '');
