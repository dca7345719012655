import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';

const pageSizeEntry = 6;
const little = endianness() === 'LE';
const narrow: readonly string[] = ['arm', 'ia32'];

/** What the kernel counts memory in: 4 KiB on most processors, 16 or 64 KiB on some. */
export const pageBytes = sizeOf();

function sizeOf(): number {
  try {
    return pageSizeOf(readFileSync('/proc/self/auxv'), narrow.includes(process.arch) ? 4 : 8);
  } catch {
    // Not a Linux, or no /proc.
    return 4096;
  }
}

/** The kernel's own word to a program that starts: pairs of a number and a value, each as wide as a pointer. */
export function pageSizeOf(auxiliary: Buffer, width: 4 | 8): number {
  const view = new DataView(auxiliary.buffer, auxiliary.byteOffset, auxiliary.length);
  const word = (at: number) => (width === 8 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  for (let at = 0; at + 2 * width <= auxiliary.length; at += 2 * width) {
    if (word(at) === pageSizeEntry) return word(at + width);
  }
  return 4096;
}
