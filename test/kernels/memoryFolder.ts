import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';

/** A folder that can hold a kernel's memory: User-Mode Linux maps it, executable, from a file. */
export async function folderForMemory(memoryMiB: number): Promise<string> {
  const shm = '/dev/shm';
  // Docker's /dev/shm is 64 MiB and noexec unless it was told otherwise.
  const noexec = (await readFile('/proc/self/mounts', 'utf8')).split('\n').some(isNoexecMountOf(shm));
  const { bavail, bsize } = await statfs(shm).catch(() => ({ bavail: 0, bsize: 0 }));
  const room = (bavail * bsize) / 1024 ** 2;
  const neededForWhatItWrites = 256;
  return !noexec && room > memoryMiB + neededForWhatItWrites ? shm : os.tmpdir();
}

function isNoexecMountOf(folder: string): (line: string) => boolean {
  return line => {
    const [, mountPoint, , options = ''] = line.split(' ');
    return mountPoint === folder && options.split(',').includes('noexec');
  };
}
