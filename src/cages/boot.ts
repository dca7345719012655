import { readFileSync } from 'node:fs';

/** Names the time since the machine was started; process numbers and start times mean nothing beyond it. Empty: unknown. */
export function bootId(): string {
  if (process.platform !== 'linux') return '';
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // No /proc.
    return '';
  }
}
