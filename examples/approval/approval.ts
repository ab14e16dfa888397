// Waits for a person, but not for ever.
import { Durable } from 'pgratchet';
import { connection } from '../connection';

interface Answer {
  approved: boolean;
  by: string;
}

export async function expense(amount: number): Promise<string> {
  const { workflowId } = Durable.workflow.workflowInfo();
  const answer = await Durable.workflow.condition<Answer>(`answer-${workflowId}`, '1 second');
  if (answer === false) return `${amount}: nobody answered`;
  return `${amount}: ${answer.approved ? 'approved' : 'refused'} by ${answer.by}`;
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'expenses', workflow: expense });
  const client = new Durable.Client({ connection });
  const start = (workflowId: string, amount: number) =>
    client.workflow.start(expense, { taskQueue: 'expenses', workflowId, args: [amount] });

  const lunch = await start('lunch', 20);
  const yacht = await start('yacht', 2_000_000);
  // From any process; also `select ratchet.signal('answer-lunch', '{…}')` in psql.
  await client.workflow.signal('answer-lunch', { approved: true, by: 'maria' });
  console.log(await lunch.result());
  console.log(await yacht.result());
  await Durable.shutdown();
}

void main();
