import { readFileSync } from 'node:fs';
import { sep } from 'node:path';

/** The outermost file systems that are mounted somewhere below a folder, as a volume for `node_modules` often is. */
export function mountPointsBelow(folder: string, mountInfo = readMountInfo()): string[] {
  const below = mountInfo
    .split('\n')
    .map(line => unescape(line.split(' ')[4] ?? ''))
    .filter(path => isBelow(path, folder))
    .sort();
  return [...new Set(below)].filter((path, _, all) => !all.some(other => isBelow(path, other)));
}

export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep) && path !== folder;
}

/** The kernel writes blanks, tabs, line ends and backslashes as octal numbers. */
function unescape(text: string): string {
  return Buffer.from(
    text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    'latin1',
  ).toString('utf8');
}

function readMountInfo(): string {
  return readFileSync('/proc/self/mountinfo', 'latin1');
}
