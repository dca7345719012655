// node .ci/package.ts [--target linux-x64 | linux-arm64 | linux-armhf | win32-x64 | win32-arm64 | universal]: makes the vsix, with
// the keeper of its target inside, or with what is there in its place.
// Without a target: this machine's, or universal where no keeper can be built; then it is dist/bulkhead.vsix.
import { rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { execaSync } from 'execa';
import { buildKeeper, type KeeperTarget, nativeTarget } from '../src/cages/keeper/build.ts';
import { addonTarget, type AddonTarget, bringAddon, bringNativeAddon } from '../src/cages/bring-addon.ts';
import { packagedReadme } from './packaged-readme.ts';

const root = path.resolve(import.meta.dirname, '..');
const program = (name: string) => path.join(root, 'node_modules', ...name.split('/'));
const run = (...args: string[]) => execaSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

const { values } = parseArgs({ options: { target: { type: 'string' } } });
const asked = values.target;

run('esbuild.js', '--production');
rmSync(path.join(root, 'dist/keeper'), { recursive: true, force: true });
// VS Code and Node have two names for one processor.
const nameForNode = asked === 'linux-armhf' ? 'linux-arm' : (asked ?? `${process.platform}-${process.arch}`);
const addon = /^win32-|^linux-arm$/.test(nameForNode) ? addonTarget(nameForNode) : null;
const target = asked === 'universal' ? undefined : ((asked as KeeperTarget | undefined) ?? nativeTarget());
const forTarget = addon ? addAddon(addon) : target !== undefined && addKeeper(target) ? target : undefined;
// A package for whoever made it: what stands in for the keeper that could not be built.
if (asked === undefined && !forTarget && process.platform === 'linux') bringNativeAddon(path.join(root, 'dist/keeper'));
const readme = 'dist/README.md';
writeFileSync(path.join(root, readme), packagedReadme(root, process.env['BULKHEAD_PICTURES']));
const out = asked === undefined ? 'dist/bulkhead.vsix' : `dist/bulkhead-${asked}.vsix`;
run(
  program('@vscode/vsce/vsce'),
  ...['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'],
  ...['--readme-path', readme, '--out', out],
  ...(forTarget ? ['--target', forTarget] : []),
);
// The integration tests are no part of the package, and stand beside it; so does what only the tests of a keeper in Node need here.
run('esbuild.js', '--tests');
if (process.platform === 'linux') bringNativeAddon(path.join(root, 'dist/keeper'));

function addKeeper(target: KeeperTarget): boolean {
  const built = buildKeeper({ out: path.join(root, 'dist/keeper', target, 'keeper'), target });
  const reason = !built.ok
    ? built.because
    : built.linked === 'static'
      ? null
      : 'it would need the libraries of this machine';
  if (reason === null) return true;
  if (asked !== undefined) throw new Error(`There is no keeper to ship for ${target}: ${reason}.`);
  console.log(`Packaging without the keeper, for ${reason}.`);
  rmSync(path.join(root, 'dist/keeper'), { recursive: true, force: true });
  return false;
}

function addAddon(target: AddonTarget): string {
  bringAddon(target, path.join(root, 'dist/keeper', target));
  return asked ?? (target === 'linux-arm' ? 'linux-armhf' : target);
}
