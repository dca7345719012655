import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addonTarget, bringAddon, bringNativeAddon } from '../bring-addon.ts';

export type KeeperTarget = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

export interface KeeperBuildOptions {
  readonly out: string;
  /** Default: this machine. */
  readonly target?: KeeperTarget | undefined;
  /** More flags for the compiler, for sanitizer builds. They replace `-static -s`, which sanitizers cannot live with. */
  readonly instrument?: readonly string[];
}

export type KeeperBuild =
  | {
      readonly ok: true;
      readonly path: string;
      readonly compiler: string;
      readonly bytes: number;
      readonly linked: 'static' | 'dynamic';
    }
  | { readonly ok: false; readonly because: string };

const sources = import.meta.dirname;
const warnings = ['-O2', '-Wall', '-Wextra', '-Werror', '-std=gnu11'];
const small = ['-s', '-ffunction-sections', '-Wl,--gc-sections', '-Wl,-z,noseparate-code'];
const targets: readonly KeeperTarget[] = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** This machine as a target; undefined where there is no keeper (Windows uses a job object). */
export function nativeTarget(): KeeperTarget | undefined {
  return targets.find(target => target === `${process.platform}-${process.arch}`);
}

/** musl first: its programs are a tenth of the size, start sooner, and every distribution can run them. */
function compilers(target: KeeperTarget): string[][] {
  if (process.env['CC']) return [process.env['CC'].trim().split(/\s+/)];
  if (target === nativeTarget()) {
    const native = [['cc'], ['gcc'], ['clang']];
    return target.startsWith('linux') ? [['musl-gcc'], ...native] : native;
  }
  switch (target) {
    case 'linux-x64':
      return [['x86_64-linux-musl-gcc'], ['x86_64-linux-gnu-gcc'], ['zig', 'cc', '-target', 'x86_64-linux-musl']];
    case 'linux-arm64':
      return [['aarch64-linux-musl-gcc'], ['aarch64-linux-gnu-gcc'], ['zig', 'cc', '-target', 'aarch64-linux-musl']];
    case 'darwin-x64':
      return [
        ['zig', 'cc', '-target', 'x86_64-macos'],
        ...(process.platform === 'darwin' ? [['cc', '-arch', 'x86_64']] : []),
      ];
    case 'darwin-arm64':
      return [
        ['zig', 'cc', '-target', 'aarch64-macos'],
        ...(process.platform === 'darwin' ? [['cc', '-arch', 'arm64']] : []),
      ];
  }
}

interface Linking {
  readonly name: 'static' | 'dynamic';
  readonly flags: readonly string[];
}

function linkings(target: KeeperTarget, compiler: string, instrument: readonly string[]): Linking[] {
  // A dynamic musl program needs a loader that most machines have not, and sanitizers exist for the system's libc alone.
  const dynamic = !compiler.includes('musl');
  if (instrument.length > 0) return dynamic ? [{ name: 'dynamic', flags: instrument }] : [];
  if (target.startsWith('darwin')) return [{ name: 'dynamic', flags: [] }];
  // Some distributions have no libc.a: such a keeper works at home but must not be shipped.
  return [
    { name: 'static', flags: ['-static', ...small] },
    ...(dynamic ? [{ name: 'dynamic', flags: small } as const] : []),
  ];
}

/** Compiles the keeper with the first compiler that can. */
export function buildKeeper({ out, target = nativeTarget(), instrument = [] }: KeeperBuildOptions): KeeperBuild {
  if (target === undefined) return { ok: false, because: `there is no keeper for ${process.platform}-${process.arch}` };
  const files = globSync('*.c', { cwd: sources })
    .sort()
    .map(file => join(sources, file));
  const path = resolve(out);
  mkdirSync(dirname(path), { recursive: true });
  const missing: string[] = [];
  let complaint = '';
  for (const [program = '', ...flags] of compilers(target)) {
    const compiler = [program, ...flags].join(' ');
    for (const linking of linkings(target, compiler, instrument)) {
      const run = spawnSync(program, [...flags, ...warnings, ...linking.flags, ...files, '-o', path], {
        encoding: 'utf8',
      });
      if (run.error) {
        missing.push(program);
        break;
      }
      if (run.status === 0) return { ok: true, path, compiler, bytes: statSync(path).size, linked: linking.name };
      complaint ||= `${compiler} failed:\n${run.stderr.trim()}`;
    }
  }
  return { ok: false, because: complaint || `no C compiler for ${target} (tried ${missing.join(', ')})` };
}

function main(): void {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, target: { type: 'string' }, require: { type: 'boolean', default: false } },
  });
  const name = values.target ?? `${process.platform}-${process.arch}`;
  const addon = addonTarget(name);
  if (addon && !targets.some(one => one === name)) {
    // Windows has job objects in place of a keeper, and other processors a Node: koffi is what both ask the system with.
    const bytes = bringAddon(addon, join('dist', 'keeper', addon));
    console.log(`keeper: none is built for ${addon}; koffi is brought in its place, ${Math.round(bytes / 1024)} KiB`);
    return;
  }
  const target = values.target === undefined ? nativeTarget() : targets.find(one => one === values.target);
  if (values.target !== undefined && target === undefined) {
    console.error(`Unknown target ${values.target}; there are ${targets.join(', ')}, and what koffi is made for.`);
    process.exitCode = 2;
    return;
  }
  if (values.target === undefined && process.platform === 'linux') {
    console.log(`addon: ${bringNativeAddon(join('dist', 'keeper'))}`);
  }
  const required = values.require || process.env['BULKHEAD_KEEPER'] === 'require';
  const built = buildKeeper({ out: values.out ?? join('dist', 'keeper', target ?? 'none', 'keeper'), target });
  if (built.ok) {
    console.log(`keeper: ${built.path}, ${Math.round(built.bytes / 1024)} KiB, ${built.linked}, by ${built.compiler}`);
    return;
  }
  console.log(`keeper: not built, because ${built.because}. Bulkhead will use the weaker cages that need no helper.`);
  if (required) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) main();
