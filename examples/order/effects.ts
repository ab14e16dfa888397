import { Pool } from 'pg';
import { Durable } from 'pgratchet';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, allowExitOnIdle: true });
pool.on('error', () => undefined); // the next query tells

/** Stands for what an activity does to the world: a row, written each time that it runs. */
export async function effect(): Promise<void> {
  const { activityName, workflowId, attempt } = Durable.activity.getContext();
  await pool.query('insert into effects (workflow_id, step, process_id) values ($1, $2, $3)', [
    workflowId,
    activityName,
    process.pid,
  ]);
  console.log(`runs ${activityName} of ${workflowId}, attempt ${attempt}`);
}
