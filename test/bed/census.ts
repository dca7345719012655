import * as fs from 'node:fs';

export interface Process {
  pid: number;
  command: string;
}

/**
 * The living processes of one server: those that inherited its cookie in their environment, and those of its session. Linux only.
 */
export function census(cookie: string, session: number): Process[] {
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(
      pid =>
        pid !== process.pid && isAlive(pid) && (sessionOf(pid) === session || read(pid, 'environ').includes(cookie)),
    )
    .map(pid => ({ pid, command: commandOf(pid) }));
}

/** A process may end between the listing and the reading: then it has nothing to tell. */
function read(pid: number, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The fields after the program's name, which may itself hold spaces and brackets. */
function stat(pid: number): string[] {
  const line = read(pid, 'stat');
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

export const commandOf = (pid: number) => read(pid, 'cmdline').replaceAll('\0', ' ').trim();
export const parentOf = (pid: number) => Number(stat(pid)[1]);
const isAlive = (pid: number) => !['', 'Z', 'X'].includes(stat(pid)[0] ?? '');
const sessionOf = (pid: number) => Number(stat(pid)[3]);
