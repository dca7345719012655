import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Limits, Shortcoming } from '../protocol/limits.ts';
import type { Launch } from './launch.ts';
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
    const { openFiles, fileBytes, stackBytes, cpuMs, network, diskBytes } = this.#limits;
    const options = [
      ...option('--nofile', openFiles),
      ...option('--fsize', fileBytes),
      ...option('--stack', stackBytes),
      ...option('--cpu', cpuMs === null ? null : wholeSeconds(cpuMs)),
      ...option('--nice', this.#nice() || null),
      ...(!network && this.#powers.network === true ? ['--netns'] : []),
    ];
    if (diskBytes === null || this.#powers.disk !== true) return { options, launch };
    const folder = this.#tempFolder(launch);
    return {
      options: [...options, '--tmpfs', `${folder}:${diskBytes}`],
      launch: { ...launch, env: { ...launch.env, TMPDIR: folder } },
    };
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
    this.#mountPoint ??= mkdtempSync(join(tmpdir(), 'bulkhead-disk-'));
    this.#partly = [
      {
        limit: 'disk',
        partly: true,
        because: `only what is written below TMPDIR is counted: ${temp} itself cannot be replaced while ${needed} is in it`,
        fix: `Keep the workspace, and what runs it, outside ${temp}.`,
      },
    ];
    return this.#mountPoint;
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
