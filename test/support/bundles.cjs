// What a process of the tests loads before its first test, as a few scripts: to find, read and
// compile five hundred files takes longer than most tests do. The runner makes the scripts, so in a
// run of many files the lines of the driver in a stack trace are those of its script; run the file
// by itself (npx ava FILE) to see those of the sources.
const { mkdirSync, readdirSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join, resolve } = require('node:path');
const { cache, compiled, writeWhole } = require('./compiled.cjs');

/** Of what AVA loads into each process, the most. */
const PACKAGES = ['cbor', 'concordance', 'fast-glob', 'write-file-atomic'];

const driver = join(__dirname, '..', '..', 'driver');
const ofAva = Module.createRequire(require.resolve('ava'));
const driverIn = (folder) => join(folder, 'driver.js');

/** Makes the scripts and returns their folder. */
exports.makeBundles = () => {
  const folder = join(cache, 'bundles');
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = require('esbuild').buildSync({
    entryPoints: Object.fromEntries(PACKAGES.map((name) => [name, ofAva.resolve(name)])),
    ...{ bundle: true, platform: 'node', outdir: folder, write: false, logLevel: 'error' },
  });
  for (const { path, text } of outputFiles) writeWhole(path, text);
  writeWhole(driverIn(folder), `module.exports = {\n${methods().join(',\n')}\n};\n`);
  return folder;
};

/** A method for each module of the driver, by its path. */
function methods() {
  const names = readdirSync(driver, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return names.map((name) => {
    const file = join(driver, name);
    const code = compiled(readFileSync(file, 'utf8')).replace(/^#!.*/, '');
    return `${JSON.stringify(file)}(exports, require, module, __filename, __dirname) {${code}\n}`;
  });
}

/** From now on the packages and the driver are loaded from their scripts. */
exports.useBundles = (folder) => {
  usePackages(folder);
  useModules(require(driverIn(folder)));
};

function usePackages(folder) {
  const scripts = new Map(
    PACKAGES.map((name) => [ofAva.resolve(name), join(folder, `${name}.js`)]),
  );
  const load = require.extensions['.js'];
  require.extensions['.js'] = (module, file) => {
    const script = scripts.get(file);
    if (script === undefined) load(module, file);
    else module._compile(readFileSync(script, 'utf8'), file);
  };
}

function useModules(modules) {
  const load = require.extensions['.ts'];
  require.extensions['.ts'] = (module, file) => {
    const run = modules[file];
    if (run === undefined) return load(module, file);
    const requireFrom = (id) => module.require(id);
    run.call(module.exports, module.exports, requireFrom, module, file, dirname(file));
  };
  const find = Module._resolveFilename;
  Module._resolveFilename = (request, parent, ...rest) => {
    const file = request.startsWith('.') && parent?.path && `${resolve(parent.path, request)}.ts`;
    return file && file in modules ? file : find.call(Module, request, parent, ...rest);
  };
}
