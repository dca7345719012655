import type { Launch } from '../framework.ts';

/** How cargo would start a program of tests. */
export interface Start {
  readonly program: string;
  readonly cwd: string;
  /** What it would add to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

const mark = '\0bulkhead\0';
const shell = `printf '\\0bulkhead\\0%s\\0%s\\0' "$(pwd)" "$1"; env -0; printf '\\0'`;
const script = `const { cwd, argv, env, stdout } = process;
stdout.write(['', 'bulkhead', cwd(), argv[1], ...Object.entries(env).map(each => each.join('=')), '', ''].join('\\0'));`;

/** In place of a program of tests, cargo starts what tells how it was to be started. */
export function probeArguments(host: string, node: string): string[] {
  const runner = process.platform === 'win32' ? [node, '-e', script] : ['sh', '-c', shell, 'probe'];
  return ['--config', `target.${host}.runner=${JSON.stringify(runner)}`];
}

/** What a shell, a cage or the way to cargo leaves in every environment. */
const passing = /^(?:_|PWD|OLDPWD|SHLVL|TMPDIR|BULKHEAD_.*|RUST_RECURSION_COUNT)$/;

export function startsIn(stdout: string, given: Launch['env']): Start[] {
  return stdout
    .split(mark)
    .slice(1)
    .map(record => {
      const [cwd = '', program = '', ...variables] = record.split('\0\0', 1)[0]!.split('\0');
      const pairs = variables.map(
        each => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)] as const,
      );
      const added = pairs.filter(
        ([name, value]) => !passing.test(name) && (name in given || process.env[name] !== value),
      );
      return { cwd, program, env: Object.fromEntries(added) };
    });
}
