/** No memory is taken faster, as far as caps are promised to hold. */
const bytesPerMs = (2 * 1024 ** 3) / 1000;
export const leastPauseMs = 3;

/** Until the next look: half of what it takes to fill what is left below the cap, and no longer than usual. */
export function pauseMs(capBytes: number | null, bytes: number, usualMs: number): number {
  if (capBytes === null) return usualMs;
  const half = (capBytes - bytes) / bytesPerMs / 2;
  return Math.min(usualMs, Math.max(leastPauseMs, half));
}
