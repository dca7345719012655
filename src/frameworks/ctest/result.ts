/** What ctest says at the end of a test. */
export interface CtestResult {
  readonly how: 'passed' | 'failed' | 'skipped' | 'disabled' | 'not-run' | 'timeout' | { readonly signal: string };
  readonly ms: number;
  /** In its own words, where there are any. */
  readonly why: string;
}

const signals: readonly (readonly [RegExp, string])[] = [
  [/segfault/i, 'SIGSEGV'],
  [/illegal/i, 'SIGILL'],
  [/numerical/i, 'SIGFPE'],
  [/interrupt/i, 'SIGINT'],
  [/killed/i, 'SIGKILL'],
  [/aborted/i, 'SIGABRT'],
  [/terminated/i, 'SIGTERM'],
  [/bus error/i, 'SIGBUS'],
];

/** From what follows the name: ` .....   Passed    0.22 sec`, ` ...Subprocess killed***Exception:   0.10 sec`. */
export function ctestResult(rest: string): CtestResult | null {
  const [, status = '', seconds = '0'] = /^ *\.*\s*(.*?)(?:\s+(\d+(?:\.\d+)?) sec\s*)?$/.exec(rest) ?? [];
  const result = (how: CtestResult['how'], why = ''): CtestResult => ({ how, ms: Number(seconds) * 1000, why });
  if (status === 'Passed') return result('passed');
  const [, before = '', kind, after = ''] =
    /^(.*?)\*\*\*(Failed|Skipped|Timeout|Not Run|Exception:)(.*)$/.exec(status) ?? [];
  switch (kind) {
    case 'Failed':
      return result('failed', after.trim());
    case 'Skipped':
      return result('skipped', after.trim());
    case 'Timeout':
      return result('timeout');
    case 'Not Run':
      return result(after.includes('Disabled') ? 'disabled' : 'not-run');
    case 'Exception:': {
      const why = `${before}${after}`.trim();
      const signal = signals.find(([words]) => words.test(why))?.[1];
      return result(signal === undefined ? 'failed' : { signal }, why);
    }
    default:
      return null;
  }
}
