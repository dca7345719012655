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

/** A process may end while it is looked at. */
function read(pid: string, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
