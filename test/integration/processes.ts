import * as fs from 'node:fs';

/** The living processes whose command line holds all these words. Linux only. */
export function alive(...words: string[]): number[] {
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      const command = read(pid, 'cmdline').replaceAll('\0', ' ');
      return words.every(word => command.includes(word)) && !/^\d+ \(.*\) [ZX]/s.test(read(pid, 'stat'));
    })
    .map(Number);
}

/** Of those, what works in a folder or below it: another window's tests may run the same at this moment. */
export function aliveIn(folder: string, ...words: string[]): number[] {
  return alive(...words).filter(pid => `${workingFolder(pid)}/`.startsWith(`${folder}/`));
}

function workingFolder(pid: number): string {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** A process may end while it is looked at. */
function read(pid: string, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
