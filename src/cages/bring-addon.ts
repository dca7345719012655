import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where each package of koffi has its native half. */
const folders = {
  'win32-x64': 'win32_x64',
  'win32-arm64': 'win32_arm64',
  'linux-x64': 'linux_x64',
  'linux-arm64': 'linux_arm64',
  'linux-arm': 'linux_armhf',
  'linux-ia32': 'linux_ia32',
  'linux-riscv64': 'linux_riscv64d',
  'linux-loong64': 'linux_loong64',
  'linux-ppc64': 'linux_ppc64le',
} as const;

export type AddonTarget = keyof typeof folders;

/** Null: koffi has nothing for it. */
export function addonTarget(name: string): AddonTarget | null {
  return Object.hasOwn(folders, name) ? (name as AddonTarget) : null;
}

/** This machine as a target. */
export function nativeAddon(): AddonTarget | null {
  return addonTarget(`${process.platform}-${process.arch}`);
}

const root = resolve(import.meta.dirname, '../..');

/** Puts koffi's native half, and its licence, where the warden looks for it; the size of the addon. */
export function bringAddon(target: AddonTarget, folder: string): number {
  const name = `@koromix/koffi-${target}`;
  const installed = join(root, 'node_modules', name);
  const addon = join(folder, 'koffi.node');
  mkdirSync(folder, { recursive: true });
  if (existsSync(installed)) copyFileSync(join(installed, addonOf(target)), addon);
  else withPackage(name, unpacked => copyFileSync(join(unpacked, addonOf(target)), addon));
  copyFileSync(join(import.meta.dirname, 'koffi-license.txt'), join(folder, 'LICENSE.koffi.txt'));
  return statSync(addon).size;
}

/** For a Linux without a keeper, and for the tests of what stands in for it; in words what came of it. */
export function bringNativeAddon(keepers: string): string {
  const target = nativeAddon();
  if (target === null) return `koffi has nothing for ${process.platform}-${process.arch}`;
  const folder = join(keepers, target);
  const name = `@koromix/koffi-${target}`;
  if (existsSync(join(folder, 'koffi.node')) && !existsSync(join(root, 'node_modules', name)))
    return 'it is there already';
  try {
    return `${join(folder, 'koffi.node')}, ${Math.round(bringAddon(target, folder) / 1024)} KiB`;
  } catch (error) {
    return `not brought, because ${(error as Error).message}`;
  }
}

function addonOf(target: AddonTarget): string {
  return `${target === nativeAddon() && isMusl() ? `musl_${process.arch}` : folders[target]}/koffi.node`;
}

function isMusl(): boolean {
  // With them it asks for the name of every address of the machine.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return process.platform === 'linux' && header.glibcVersionRuntime === undefined;
}

/** npm installs no package of another system, so it is fetched by itself and held against the lock file. */
export function withPackage(name: string, use: (folder: string) => void, lock = join(root, 'package-lock.json')): void {
  const { version, integrity } = locked(name, lock);
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-addon-'));
  try {
    const archive = pack(`${name}@${version}`, folder);
    const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (digest !== integrity) throw new Error(`${name}@${version} is not what ${lock} names`);
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
    use(join(folder, 'package'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(spec: string, folder: string): string {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const told = execFileSync(npm, ['pack', spec, '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [packed] = JSON.parse(told) as { filename: string }[];
  // Old versions of npm tell the name of a scoped package with its slash.
  return join(folder, packed!.filename.replace('@', '').replace('/', '-'));
}

function locked(name: string, file: string): { readonly version: string; readonly integrity: string } {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Record<string, { version: string; integrity: string } | undefined>;
  };
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry) throw new Error(`${file} does not name ${name}`);
  return entry;
}
