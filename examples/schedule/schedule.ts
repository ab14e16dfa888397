// A report every working day at half past eight in Berlin, and one right now.
import { Durable } from 'pgratchet';
import { connection } from '../connection';

export async function report(kind: string): Promise<string> {
  // The id of a run says when it was due: report@2026-03-30T06:30:00Z.
  const { workflowId } = Durable.workflow.workflowInfo();
  return `${kind} report, run ${workflowId.split('@')[0]}`;
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'reports', workflow: report });
  const client = new Durable.Client({ connection });

  // Every start of the program may say so again. In psql it is
  //   select ratchet.create_schedule('report', 'report', '30 8 * * mon-fri', ...);
  const next = await client.schedule.create({
    ...{ scheduleId: 'report', workflow: report, taskQueue: 'reports', args: ['daily'] },
    ...{ cron: '30 8 * * mon-fri', timezone: 'Europe/Berlin', catchUp: 'one' },
  });
  const clock = { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Berlin' } as const;
  console.log(`next at ${next?.toLocaleTimeString('de-DE', clock)} in Berlin`);

  const workflowId = await client.schedule.trigger('report');
  console.log(await client.workflow.getHandle('reports', 'report', workflowId).result());
  const status = await client.schedule.get('report');
  console.log(`${status?.rule}: ${status?.state}, ${status?.runCount} run`);
  await client.schedule.delete('report');
  await Durable.shutdown();
}

void main();
