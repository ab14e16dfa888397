// TypeScript as JavaScript, of which what one process made is kept in node_modules/.cache for the
// others. Lines stay where they are.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('sucrase/package.json');

const cache = join(__dirname, '..', '..', 'node_modules', '.cache', 'pgratchet-tests');
mkdirSync(cache, { recursive: true });

function compiled(source) {
  const key = createHash('sha1').update(version).update(source).digest('hex');
  const kept = join(cache, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const code = compile(source);
    writeWhole(kept, code);
    return code;
  }
}

/** Other processes see all of it or nothing. */
function writeWhole(path, text) {
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

function compile(source) {
  const settings = { transforms: ['typescript', 'imports'], preserveDynamicImport: true };
  return require('sucrase').transform(source, { ...settings, disableESTransforms: true }).code;
}

module.exports = { cache, compiled, writeWhole };
