const signals: Readonly<Record<string, string>> = {
  Killed: 'SIGKILL',
  'Segmentation fault': 'SIGSEGV',
  Aborted: 'SIGABRT',
  'Bus error': 'SIGBUS',
  'Illegal instruction': 'SIGILL',
  'Floating point exception': 'SIGFPE',
  Terminated: 'SIGTERM',
};

const death = /^\S*bats-exec-file: line \d+: +\d+ ([A-Z][a-z ]*?)(?: +\(core dumped\))? {2,}"\$BATS_LIBEXEC/;

/** The signal that the process of a test died of, as the bash of bats tells on stderr, which no test is connected to. */
export function deathIn(line: string): string | null {
  const [, words = ''] = death.exec(line) ?? [];
  return signals[words] ?? null;
}
