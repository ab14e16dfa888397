import { Durable } from 'pgratchet';
import { connection } from '../connection';

export async function hello(name: string): Promise<string> {
  return `Hello, ${name}!`;
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'hello', workflow: hello });
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start(hello, { taskQueue: 'hello', args: ['Ada'] });
  console.log(await handle.result());
  await Durable.shutdown();
}

void main();
