import { formatDuration } from '../config/quantities.ts';
import type { StopReason } from './evidence.ts';

/** Which limit was over, and what it was over for. */
export function timeoutReason({ limit, ms }: Extract<StopReason, { kind: 'timeout' }>, when: string): string {
  const most = formatDuration(ms);
  switch (limit) {
    case 'test':
    case 'start-up':
    case 'teardown':
      return `It was still running ${when} after ${most} (${limit} limit), so it was killed.`;
    case 'idle':
      return `Nothing was heard of it for ${most} ${when}, so it was killed.`;
    case 'run':
      return `It was still running ${when} when the whole run had taken ${most}, so it was killed.`;
  }
}
