import { context, build } from 'esbuild';
import { cpSync, globSync, rmSync } from 'node:fs';
import { basename, relative, sep } from 'node:path';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
/** Only what the integration tests need beside the product. */
const testsOnly = process.argv.includes('--tests');

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // Its main file loads its parts in a way that no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  sourcemap: production ? 'external' : 'linked',
  minify: production,
  logLevel: 'warning',
  outExtension: { '.js': '.cjs' },
};

// Libraries written as modules ask where they are; in a CommonJS bundle only `__filename` knows.
const moduleUrl = {
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const bundles = [
  { ...node, ...moduleUrl, entryPoints: { extension: 'src/extension.ts' }, outdir: 'dist', external: ['vscode'] },
  {
    ...node,
    entryPoints: {
      warden: 'src/warden/main.ts',
      cli: 'src/cli/main.ts',
      store: 'src/store/worker.ts',
      coverage: 'src/coverage/worker.ts',
    },
    outdir: 'dist',
    define: moduleUrl.define,
    banner: { js: `#!/usr/bin/env node\n${moduleUrl.banner.js}` },
  },
  // Stands in front of each test on Windows.
  { ...node, entryPoints: { launcher: 'src/cages/windows/launcher.entry.ts' }, outdir: 'dist', sourcemap: false },
  // Stands in front of each test on a Linux without the keeper.
  {
    ...node,
    entryPoints: { 'node-keeper': 'src/cages/node-keeper/node-keeper.entry.ts' },
    outdir: 'dist',
    sourcemap: false,
  },
  // What runs inside the user's framework must run in the user's Node, from 18 on.
  {
    ...node,
    entryPoints: Object.fromEntries(
      globSync('src/frameworks/*/inside/*.entry.ts').map(file => [basename(file, '.entry.ts'), file]),
    ),
    outdir: 'dist/inside',
    target: 'node18',
    sourcemap: false,
  },
  // What a framework must load as a module, because it awaits a class of the user's before it can extend it.
  {
    ...node,
    entryPoints: Object.fromEntries(
      globSync('src/frameworks/*/inside/*.module.ts').map(file => [basename(file, '.module.ts'), file]),
    ),
    outdir: 'dist/inside',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    target: 'node18',
    sourcemap: false,
  },
  {
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    sourcemap: production ? 'external' : 'linked',
    minify: production,
    logLevel: 'warning',
    // The stylesheet is a file of its own: the panel's content security policy allows nothing inline.
    entryPoints: ['src/panel/report.ts', 'src/panel/report.css'],
    outdir: 'dist/panel',
  },
  {
    ...node,
    sourcemap: 'linked',
    minify: false,
    entryPoints: Object.fromEntries([
      ['index', 'test/bed/entry.ts'],
      ...globSync('test/integration/*.test.ts').map(file => [basename(file, '.ts'), file]),
    ]),
    outdir: 'out/test/integration',
    external: ['vscode', 'mocha'],
  },
];

/** Prints the lines that the problem matcher of .vscode/tasks.json waits for. */
const reportWatch = {
  name: 'report-watch',
  setup(pluginBuild) {
    pluginBuild.onStart(() => console.log('[watch] build started'));
    pluginBuild.onEnd(result => {
      for (const { text, location } of result.errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      console.log('[watch] build finished');
    });
  },
};

/** What runs inside a framework of another language is not bundled: src/frameworks/<name>/inside becomes dist/inside/<name>. */
function copyPrograms() {
  for (const file of globSync('src/frameworks/*/inside/**/*.py')) {
    const [name, , ...path] = relative('src/frameworks', file).split(sep);
    cpSync(file, ['dist/inside', name, ...path].join('/'));
  }
}

if (production) rmSync('dist', { recursive: true, force: true });
if (!testsOnly) copyPrograms();
if (watch) {
  for (const options of bundles) await (await context({ ...options, plugins: [reportWatch] })).watch();
} else {
  const wanted = bundles.filter(({ outdir }) => (outdir.startsWith('out') ? !production : !testsOnly));
  await Promise.all(wanted.map(options => build(options)));
}
