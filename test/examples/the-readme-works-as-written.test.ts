import test from 'ava';
import ts from 'typescript';
import { Client as Postgres } from 'pg';
import { Durable } from '../../driver/index';
import { emptyDatabase, testDatabase } from '../support/cluster';
import { read } from '../support/files';
import { runProgram } from './run-program';

/** A block of a language in the README, the first unless said. */
function block(language: string, at = 0): string {
  const pattern = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g');
  const found = [...read('README.md').matchAll(pattern)][at]?.[1];
  if (found === undefined) throw new Error(`README.md has no block ${at} of ${language}`);
  return found;
}

test('the quick start and the queries of the README work as written', async (t) => {
  const { url, pool } = await emptyDatabase(t);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(block('ts'), { compilerOptions });
  const program = await runProgram(['--input-type=module', '--eval', outputText], url);
  t.is(program.code, 0, program.stderr);
  t.is(program.stdout, 'mailed: charged 995 for order-456\n');
  t.is(program.stderr, '');

  const answers = (await pool.query(block('sql'))) as unknown as { rows: object[] }[];
  const [, history, open, workers, violations] = answers.map(({ rows }) => rows);
  t.is(history?.length, 3);
  t.like(history?.[0], { job_key: 'order-456', semaphore: 0, workflow: 'order' });
  t.deepEqual([open, workers, violations], [[], [], []]);
});

test('a role with the grants of the README may start, and nothing else', async (t) => {
  const { url, pool } = await testDatabase(t);
  const role = `ratchet_shop_${process.pid}`;
  await pool.query(`create role ${role} login password 'x'`);
  t.teardown(() => pool.query(`drop owned by ${role}; drop role ${role}`));
  await pool.query(block('sql', 1).replaceAll(' to shop;', ` to ${role};`));
  const address = Object.assign(new URL(url), { username: role, password: 'x' });

  const options = { connectionString: address.href };
  const { workflow } = new Durable.Client({ connection: { class: Postgres, options } });
  const job = { taskQueue: 'orders', workflowName: 'order' };
  const starts = ['1', '2', '3'].map((workflowId) => workflow.start({ ...job, workflowId }));
  const [one] = await Promise.all(starts);
  t.is(await workflow.startMany(job, [{ workflowId: '4', args: [] }]), 1);
  await t.throwsAsync(async () => one?.cancel(), { message: /permission denied/ });
  const { rows } = await pool.query('select key from ratchet.jobs order by key');
  t.deepEqual(
    rows,
    ['1', '2', '3', '4'].map((key) => ({ key })),
  );
});
