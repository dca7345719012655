import type { FailureStyle } from '../../inside/failure.ts';

const foreign = /[\\/]node_modules[\\/](?:@vitest|vitest\d*|vite|vite-node|tinypool|chai|rolldown)[\\/]/;

export function styleFor(compare: FailureStyle['compare']): FailureStyle {
  return { isForeign: file => foreign.test(file) || /[\\/]vitest-(?:list|run|worker)\.[cm]js$/.test(file), compare };
}

/** Vitest has made text of both already, where a comparison helps. */
export const compared = styleFor(error => {
  const { expected, actual, showDiff } = error as { expected?: unknown; actual?: unknown; showDiff?: unknown };
  if (showDiff === false || typeof expected !== 'string' || typeof actual !== 'string') return null;
  return expected === actual ? null : { expected, actual };
});
