// Lets a process of the tests read TypeScript, as `node --require` of this file. Some hundred such
// processes make a run, so what one of them compiled is kept in node_modules/.cache for the others:
// the driver loads with half the processor time that it takes with tsx. Lines stay where they are.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { version } = require('sucrase/package.json');

// Most processes end before optimized code has earned what its compilation costs.
setFlagsFromString('--interrupt-budget=1000000');

// As Node 21 has it. Where it is missing, pg asks for the global Response, which loads all of fetch.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };

const folder = join(__dirname, '..', '..', 'node_modules', '.cache', 'pgratchet-tests');
mkdirSync(folder, { recursive: true });

require.extensions['.ts'] = (module, file) => {
  module._compile(compiled(readFileSync(file, 'utf8')), file);
};

function compiled(source) {
  const key = createHash('sha1').update(version).update(source).digest('hex');
  const kept = join(folder, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const code = compile(source);
    // Other processes see all of it or nothing.
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
    return code;
  }
}

function compile(source) {
  const settings = { transforms: ['typescript', 'imports'], preserveDynamicImport: true };
  return require('sucrase').transform(source, { ...settings, disableESTransforms: true }).code;
}
