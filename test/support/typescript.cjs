// Lets a process of the tests read TypeScript, as `node --require` of this file. Some hundred such
// processes make a run, so what they cost before their first test counts.
const { readFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { isMainThread } = require('node:worker_threads');
const { compiled } = require('./compiled.cjs');

// Most processes end before optimized code has earned what its compilation costs.
setFlagsFromString('--interrupt-budget=1000000');

// As Node 21 has it. Where it is missing, pg asks for the global Response, which loads all of fetch.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };

require.extensions['.ts'] = (module, file) => {
  module._compile(compiled(readFileSync(file, 'utf8')), file);
};

const bundles = process.env.PGRATCHET_TEST_BUNDLES;
// A thread runs a few modules only.
if (bundles !== undefined && isMainThread) require('./bundles.cjs').useBundles(bundles);
