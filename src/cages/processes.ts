import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessInfo } from '../protocol/limits.ts';

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

const pageBytes = 4096;
const ticksPerSecond = 100;

/** Null: gone, or a zombie. Read from /proc/<pid>/stat, where the command in parentheses may hold any character. */
export function readProcess(pid: number): ProcessRow | null {
  const stat = readQuietly(`/proc/${pid}/stat`);
  if (!stat) return null;
  const commEnd = stat.lastIndexOf(')');
  const fields = stat.slice(commEnd + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return null;
  const number = (index: number) => Number(fields[index] ?? 0);
  const [, resident = 0, shared = 0] = (readQuietly(`/proc/${pid}/statm`) ?? '').split(' ').map(Number);
  return {
    pid,
    parent: number(1),
    group: number(2),
    session: number(3),
    started: fields[19] ?? '',
    command: commandLine(pid) || `[${stat.slice(stat.indexOf('(') + 1, commEnd)}]`,
    memoryBytes: Math.max(0, resident - shared) * pageBytes,
    cpuMs: ((number(11) + number(12) + number(13) + number(14)) * 1000) / ticksPerSecond,
  };
}

export function processStart(pid: number): string | null {
  return readProcess(pid)?.started ?? null;
}

export const linuxProcesses: ProcessSource = () =>
  listPids().flatMap(pid => {
    const row = readProcess(pid);
    return row ? [row] : [];
  });

export function listPids(): number[] {
  return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** Whether a process carries `name=value` in the environment that it was started with. */
export function hasEnvironment(pid: number, entry: string): boolean {
  const environment = readQuietly(`/proc/${pid}/environ`, 'latin1');
  return environment !== null && (environment.startsWith(`${entry}\0`) || environment.includes(`\0${entry}\0`));
}

/** macOS and others with a POSIX `ps`: about 25 ms a look, so it is asked seldom. */
export const psProcesses: ProcessSource = () => {
  const { stdout, status } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,rss=,time=,lstart=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
  });
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
      cpuMs: (time ?? '').split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0) * 1000,
    },
  ];
}

function commandLine(pid: number): string {
  return (readQuietly(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim().slice(0, 300);
}

/** A process may end between any two reads, so its absence is an answer. */
function readQuietly(path: string, encoding: BufferEncoding = 'utf8'): string | null {
  try {
    return readFileSync(path, encoding);
  } catch {
    return null;
  }
}
