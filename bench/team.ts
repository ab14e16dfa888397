import { Child } from './child';
import type { Flags } from './flags';
import type { Side } from './sides';

/** So many processes more that work in the database of a side. */
export async function openChildren(side: Side, flags: Flags, count: number): Promise<Child[]> {
  const children: Child[] = [];
  for (let i = 0; i < count; i += 1) {
    const child = new Child('ours/worker.mjs', flags.profile);
    await child.send('open', { connectionString: side.database.url });
    children.push(child);
  }
  return children;
}

/** The side with others beside its worker: each knows only what it did itself, not when all is. */
export function teamOf(side: Side, others: Child[]): Side {
  const team = [side.worker, ...others];
  const all = (command: string, given?: object) =>
    Promise.all(team.map((child) => child.send(command, given)));
  let wanted = Infinity;
  return {
    ...side,
    others,
    async drain(flow, count) {
      wanted = count;
      await all('drain', { flow, count, isOneOfMany: true });
      return undefined;
    },
    done: () =>
      new Promise((resolve) => {
        const ended = team.map(() => 0);
        for (const [i, child] of team.entries()) {
          child.watch('ended', (value) => {
            ended[i] = value as number;
            if (ended.reduce((sum, each) => sum + each, 0) === wanted) resolve();
          });
        }
      }),
    async rest() {
      await all('rest');
    },
  };
}
