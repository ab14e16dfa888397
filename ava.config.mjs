// test/long/ is the slow tier; the runner asks for it with --long.
const tier = process.env.PGRATCHET_TEST_TIER === 'long' ? [] : ['!test/long/**'];

export default {
  files: ['test/**/*.test.ts', '!test/support/**', ...tier],
  extensions: { ts: 'commonjs' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 2,
  timeout: '120s',
};
