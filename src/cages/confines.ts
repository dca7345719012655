import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { getPriority, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Limits, Shortcoming } from '../protocol/limits.ts';
import type { Launch } from './launch.ts';
import { isBelow, mountPointsBelow } from './mount-points.ts';
import { type Powers, shortcomings } from './powers.ts';

const temp = '/tmp';

/** What one launch is given and denied beyond memory and processes: the limits of each process, a disk, a network. */
export class Confines {
  readonly #limits: Limits;
  readonly #powers: Powers;
  #partly: Shortcoming[] = [];
  #mountPoint: string | null = null;

  constructor(limits: Limits, powers: Powers) {
    this.#limits = limits;
    this.#powers = powers;
  }

  get unenforced(): readonly Shortcoming[] {
    return [...shortcomings(this.#limits, this.#powers), ...this.#partly];
  }

  /** For a keeper: its options, and the launch that knows of its own temporary folder. */
  keep(launch: Launch): { readonly options: readonly string[]; readonly launch: Launch } {
    const { openFiles, fileBytes, stackBytes, cpuMs, network, diskBytes, memoryBytes } = this.#limits;
    const options = [
      ...option('--nofile', openFiles),
      ...option('--fsize', fileBytes),
      ...option('--stack', stackBytes),
      ...option('--cpu', cpuMs === null ? null : wholeSeconds(cpuMs)),
      ...option('--nice', this.#nice() || null),
      ...(!network && this.#powers.network === true ? ['--netns'] : []),
    ];
    this.#partly = [];
    const disk = diskBytes !== null && this.#powers.disk === true ? this.#tempFolder(launch) : null;
    const layer = this.#layer(launch, disk ?? tmpdir());
    if (disk === null && layer === null) return { options, launch };
    const size = diskBytes ?? memoryBytes ?? Math.floor(totalmem() / 2);
    return {
      options: [...options, '--tmpfs', `${disk ?? this.#place()}:${size}`, ...(layer ?? [])],
      launch: disk === null ? launch : { ...launch, env: { ...launch.env, TMPDIR: disk } },
    };
  }

  /** A layer over the workspace, on the disk of the test; volumes that are mounted in there stay what they are. */
  #layer({ discards, keeps = [] }: Launch, disk: string): string[] | null {
    if (discards === undefined || this.#powers.workspaceWrites !== true) return null;
    const folder = realpathSync(discards);
    if (folder === disk || isBelow(disk, folder)) {
      this.#partly.push({
        limit: 'workspaceWrites',
        because: `the workspace, ${folder}, has the machine’s temporary folder in it`,
        fix: 'Open a folder further down.',
      });
      return null;
    }
    const volumes = mountPointsBelow(folder);
    if (volumes.length > 0) {
      this.#partly.push({
        limit: 'workspaceWrites',
        partly: true,
        because: `${volumes.join(', ')} ${volumes.length > 1 ? 'are file systems' : 'is a file system'} of ${volumes.length > 1 ? 'their' : 'its'} own in the workspace, and what is written there stays`,
        fix: 'Have no other file system mounted in the workspace.',
      });
    }
    const kept = keeps.map(path => realpathSync(path)).filter(path => isBelow(path, folder));
    return ['--overlay', folder, ...[...volumes, ...kept].flatMap(path => ['--through', path])];
  }

  /** For a shell that becomes the program: POSIX `ulimit`, with files in units of 512 bytes and the stack in KiB. */
  shellPrelude(): string {
    const { openFiles, fileBytes, stackBytes, cpuMs } = this.#limits;
    const seconds = cpuMs === null ? null : wholeSeconds(cpuMs);
    // A hard limit below the wanted one makes `ulimit` fail, and promises more than was asked for.
    const limit = (flags: string, value: number | null) =>
      value === null ? [] : [`command ulimit ${flags} ${value} 2>/dev/null || :`];
    return [
      ...limit('-c', 0),
      '{ echo 800 >/proc/self/oom_score_adj; } 2>/dev/null || :',
      ...limit('-n', openFiles),
      ...limit('-f', fileBytes === null ? null : Math.max(1, Math.floor(fileBytes / 512))),
      ...limit('-s', stackBytes === null ? null : Math.floor(stackBytes / 1024)),
      // SIGXCPU at the limit says why; SIGKILL a second later ends whoever ignores it.
      ...limit('-S -t', seconds),
      ...limit('-H -t', seconds === null ? null : seconds + 1),
      ...(this.#nice() ? [`set -- nice -n ${this.#nice() - getPriority()} "$@"`] : []),
    ].join('\n');
  }

  remove(): void {
    if (this.#mountPoint) rmSync(this.#mountPoint, { recursive: true, force: true });
    this.#mountPoint = null;
  }

  /** Only root may be less nice than it is already. */
  #nice(): number {
    return this.#limits.nice === 0 ? 0 : Math.max(this.#limits.nice, getPriority());
  }

  /** The machine's own, unless something that the launch needs is in there and would be covered up. */
  #tempFolder(launch: Launch): string {
    const needed = placeInTemp(launch);
    if (needed === null) return temp;
    this.#partly.push({
      limit: 'disk',
      partly: true,
      because: `only what is written below TMPDIR is counted: ${temp} itself cannot be replaced while ${needed} is in it`,
      fix: `Keep the workspace, and what runs it, outside ${temp}.`,
    });
    return this.#place();
  }

  #place(): string {
    return (this.#mountPoint ??= mkdtempSync(join(tmpdir(), 'bulkhead-disk-')));
  }
}

/** Something that is there: a test may well name a file that it is about to write. */
function placeInTemp({ cwd, file, args, env }: Launch): string | null {
  const folder = realpathSync(cwd);
  if (folder === temp || folder.startsWith(`${temp}/`)) return folder;
  const named = [file, ...args, ...Object.values(env)].flatMap(word => [
    ...word.matchAll(/(?<![\w./-])\/tmp\/[^\s:;,"'`()]+/g),
  ]);
  return named.map(([path]) => path).find(path => existsSync(path)) ?? null;
}

function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function option(name: string, value: number | null): string[] {
  return value === null ? [] : [name, String(value)];
}
