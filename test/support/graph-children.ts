import type { Values } from './graph-evaluation';
import { same } from './graph-expressions';
import type { ObservedJob, ObservedRun } from './graph-observed';
import type { Response, Verdict } from './graph-world';

/**
 * How the passes of an await are answered: with news while the child runs, if it has any to tell,
 * at last with what it came to, or for good with what it told before. Of an answer whose job maps
 * failed only the error is left; fails tells for which codes they do.
 */
export function childAnswers(child: ObservedJob, verdict: Verdict, isAwaited: boolean) {
  let told = 0;
  return (
    seen: ObservedRun,
    fails: (code: number) => boolean,
  ): { response: Response; faults: string[] } => {
    if (!isAwaited) return { response: { code: 200, data: { job_id: child.key } }, faults: [] };
    if (seen.failed && child.error === null) {
      const isNews = verdict.told.emits > 0 && !fails(200);
      return { response: { code: isNews ? 202 : 200, data: child.data ?? undefined }, faults: [] };
    }
    const isNews = !seen.failed && seen.code === 202;
    const isEnd = child.error === null && same(seen.value, child.data);
    if (isNews || (verdict.told.persists > 0 && !seen.failed && !isEnd)) {
      const faults = verdict.dataFaults(seen.value as Values | null, false);
      told += isNews ? 1 : 0;
      if (told > verdict.told.emits) faults.push('it told too often');
      return { response: { code: isNews ? 202 : 200, data: seen.value }, faults };
    }
    return {
      response:
        child.error === null
          ? { code: 200, data: child.data ?? undefined }
          : { code: child.error.code ?? 500, failed: true },
      faults: [],
    };
  };
}
