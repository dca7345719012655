import type { FailureStyle } from '../../inside/failure.ts';

const foreign = /[\\/]node_modules[\\/](?:@jest|jest(?:-[\w-]+)?\d*|expect|babel-jest)[\\/]/;

export function styleFor(): FailureStyle {
  return {
    isForeign: file => foreign.test(file) || /[\\/]jest-(?:list|run)\.cjs$/.test(file),
    compare: error => {
      const { matcherResult } = error as { matcherResult?: { expected?: unknown; actual?: unknown } };
      if (!matcherResult || !('expected' in matcherResult) || !('actual' in matcherResult)) return null;
      const [expected, actual] = [matcherResult.expected, matcherResult.actual].map(asText);
      return expected === undefined || actual === undefined || expected === actual ? null : { expected, actual };
    },
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
