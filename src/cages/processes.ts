import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { ProcessInfo } from '../protocol/limits.ts';
import { pageBytes } from './page-size.ts';

/** A living process (zombies are dead: they hold nothing but their number). */
export interface ProcessRow extends ProcessInfo {
  readonly group: number;
  readonly session: number;
  /** Resident memory that is not shared with files; where the system does not tell, all of it. */
  readonly memoryBytes: number;
  /** Of itself and of the children it has waited for. */
  readonly cpuMs: number;
}

export type ProcessSource = () => ProcessRow[];

const longestCommand = 300;
const ticksPerSecond = 100;

/** One look at /proc/<pid>/stat; what needs another file is read when it is asked for. */
class LinuxProcess implements ProcessRow {
  readonly pid: number;
  readonly #fields: readonly string[];
  readonly #name: string;

  constructor(pid: number, stat: string) {
    this.pid = pid;
    // The name in parentheses may hold any character, parentheses too.
    const nameEnd = stat.lastIndexOf(')');
    this.#name = stat.slice(stat.indexOf('(') + 1, nameEnd);
    this.#fields = stat.slice(nameEnd + 2).split(' ');
  }

  get stopped(): boolean {
    return this.#fields[0] === 'T';
  }
  get dead(): boolean {
    return this.#fields[0] === 'Z' || this.#fields[0] === 'X';
  }
  get parent(): number {
    return this.#number(1);
  }
  get group(): number {
    return this.#number(2);
  }
  get session(): number {
    return this.#number(3);
  }
  get started(): string {
    return this.#fields[19] ?? '';
  }
  get cpuMs(): number {
    return ((this.#number(11) + this.#number(12) + this.#number(13) + this.#number(14)) * 1000) / ticksPerSecond;
  }
  get memoryBytes(): number {
    return privateMemory(this.pid);
  }
  get command(): string {
    const line = (readQuietly(`/proc/${this.pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    return (line.length > longestCommand ? `${line.slice(0, longestCommand - 1)}…` : line) || `[${this.#name}]`;
  }

  #number(index: number): number {
    return Number(this.#fields[index] ?? 0);
  }
}

/** Resident memory that is not shared with files; 0 when it is gone. */
export function privateMemory(pid: number): number {
  const [, resident = 0, shared = 0] = (readQuietly(`/proc/${pid}/statm`) ?? '').split(' ').map(Number);
  return Math.max(0, resident - shared) * pageBytes;
}

/** Null: gone, or a zombie. */
export function readProcess(pid: number): ProcessRow | null {
  const stat = readQuietly(`/proc/${pid}/stat`);
  const process = stat ? new LinuxProcess(pid, stat) : null;
  return process && !process.dead ? process : null;
}

/** Stopped by a signal, its own or another's. */
export function isStopped(pid: number): boolean {
  const stat = readQuietly(`/proc/${pid}/stat`);
  return stat !== null && new LinuxProcess(pid, stat).stopped;
}

/** Everything that descends from a process now. */
export function descendants(pid: number): number[] {
  const found: number[] = [];
  const visit = (parent: number): void => {
    for (const child of childrenOf(parent)) {
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

/** They hang on the thread that forked them. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap(thread => {
    const children = readQuietly(`/proc/${pid}/task/${thread}/children`)?.trim();
    return children ? children.split(' ').map(Number) : [];
  });
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has ended.
    return [];
  }
}

export function processStart(pid: number): string | null {
  return readProcess(pid)?.started ?? null;
}

export const linuxProcesses: ProcessSource = () =>
  listPids().flatMap(pid => {
    const row = readProcess(pid);
    return row ? [row] : [];
  });

function listPids(): number[] {
  return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** The value of a variable in the environment that a process was started with; null: not there, or not for us to read. */
export function environmentOf(pid: number, name: string): string | null {
  const environment = `\0${readQuietly(`/proc/${pid}/environ`, 'latin1') ?? ''}`;
  const at = environment.indexOf(`\0${name}=`);
  return at === -1 ? null : environment.slice(at + name.length + 2).split('\0', 1)[0]!;
}

/** How long a process has been there, from its start as the system tells it. */
export function ageMs({ started }: Pick<ProcessInfo, 'started'>, uptimeMs = uptime() * 1000): number {
  const age = /^\d+$/.test(started)
    ? uptimeMs - (Number(started) * 1000) / ticksPerSecond
    : Date.now() - Date.parse(started);
  return Number.isFinite(age) ? Math.max(0, Math.round(age)) : 0;
}

/** Whether a process carries `name=value` in the environment that it was started with. */
export function hasEnvironment(pid: number, entry: string): boolean {
  const environment = readQuietly(`/proc/${pid}/environ`, 'latin1');
  return environment !== null && (environment.startsWith(`${entry}\0`) || environment.includes(`\0${entry}\0`));
}

/** macOS and others with a POSIX `ps`: about 25 ms a look, so it is asked seldom. */
export const psProcesses: ProcessSource = () => {
  // Without -ww the ps of macOS cuts its lines at 79 columns where no terminal tells it their width.
  const { stdout, status } = spawnSync(
    'ps',
    ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,stat=,rss=,time=,lstart=,command='],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    },
  );
  return status === 0 ? stdout.split('\n').flatMap(parsePsLine) : [];
};

export function parsePsLine(line: string): ProcessRow[] {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s+(.*)$/.exec(line);
  if (!match || match[4]?.startsWith('Z')) return [];
  const [, pid, parent, group, , rss, time, started = '', command = ''] = match;
  return [
    {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: Number(group),
      started,
      command,
      memoryBytes: Number(rss) * 1024,
      cpuMs: cpuMsOf(time ?? ''),
    },
  ];
}

/** `[[days-]hours:]minutes:seconds`, on macOS minutes without an end and hundredths. */
function cpuMsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}

/** A process may end between any two reads, so its absence is an answer. */
function readQuietly(path: string, encoding: BufferEncoding = 'utf8'): string | null {
  try {
    return readFileSync(path, encoding);
  } catch {
    // Gone, or another user's.
    return null;
  }
}
