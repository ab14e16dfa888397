// A workflow that starts one child for each part of its work, and adds up what they return.
import { Durable } from 'pgratchet';
import { connection } from '../connection';

const text = ['the ratchet moves', 'forward only', 'and so does the ledger'];

export async function countWords(line: string): Promise<number> {
  return line.split(' ').length;
}

export async function countAll(lines: string[]): Promise<number> {
  const children = await Promise.all(
    lines.map((line, index) =>
      Durable.workflow.startChild(countWords, { args: [line], workflowId: `line-${index}` }),
    ),
  );
  const counts = await Promise.all(children.map((child) => child.result()));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function main() {
  const taskQueue = 'words';
  await Durable.Worker.create({ connection, taskQueue, workflow: countWords });
  await Durable.Worker.create({ connection, taskQueue, workflow: countAll });
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start(countAll, { taskQueue, args: [text] });
  console.log(`${await handle.result()} words`);
  await Durable.shutdown();
}

void main();
