import { readdirSync, readlinkSync } from 'node:fs';

/** What a process has open of a kind, each by its number in the kernel. Empty where its open files may not be read. */
export function inodesOf(pid: number, kind: 'socket' | 'pipe'): string[] {
  const link = new RegExp(`^${kind}:\\[(\\d+)\\]$`);
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      const inode = link.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    // Gone, or another user's.
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed since it was listed.
    return '';
  }
}
