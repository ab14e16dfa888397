import test from 'ava';
import { engine } from '../support/engine';
import { fillWorklist, pagesOf, QUESTIONS } from '../support/worklist';

const sql = engine();

test.serial('no question goes through the table', async (t) => {
  t.timeout(600_000);
  await fillWorklist(sql, 1_000_000);
  for (const [title, question] of Object.entries(QUESTIONS)) {
    await pagesOf(sql, question);
    const pages = await pagesOf(sql, question);
    t.log(`${title}: ${pages} pages`);
    // 20,000 of them are pending, 400 for one role.
    t.true(pages < 1_000, `${title}: ${pages} pages`);
  }
});
