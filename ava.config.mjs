import { fileURLToPath } from 'node:url';

// test/long/ is the slow tier; the runner asks for it with --long. test/tidy/ looks at the sources,
// not at what they do: `npm run check` runs it.
const left = {
  fast: ['!test/long/**', '!test/tidy/**'],
  long: ['!test/tidy/**'],
  tidy: ['!test/long/**'],
}[process.env.PGRATCHET_TEST_TIER ?? 'fast'];

const typescript = fileURLToPath(new URL('test/support/typescript.cjs', import.meta.url));

export default {
  files: ['test/**/*.test.ts', '!test/support/**', ...left],
  extensions: { ts: 'commonjs' },
  nodeArguments: [`--require=${typescript}`],
  workerThreads: false,
  concurrency: 2,
  timeout: '120s',
};
