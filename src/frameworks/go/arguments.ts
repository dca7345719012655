/** Those without a value, of `go test` and of what it builds with. */
const switches = new Set([
  ...['a', 'n', 'v', 'x', 'work', 'race', 'msan', 'asan', 'cover', 'linkshared', 'modcacherw', 'trimpath', 'json'],
  ...['short', 'fullpath', 'failfast', 'benchmem', 'artifacts', 'i', 'c'],
]);
/** Those on which it depends which files belong to a package. */
const choosing = new Set(['tags', 'mod', 'modfile', 'overlay', 'compiler', 'installsuffix', 'race', 'msan', 'asan']);
/** Those that `go test` passes on to the test program, and that are not Bulkhead's own to say. */
const passedOn = new Set(['short', 'fullpath', 'cpu', 'parallel', 'shuffle', 'artifacts', 'outputdir']);

interface Flag {
  readonly name: string;
  readonly value: string | null;
}

/** What the user gives to `go test`, in three parts: `go test` knows more than those whom it starts. */
export interface GoArguments {
  /** For `go list`, which refuses what it does not know. */
  readonly list: readonly string[];
  readonly build: readonly string[];
  readonly program: readonly string[];
}

export function goArguments(args: readonly string[]): GoArguments {
  const end = args.findIndex(word => /^--?args$/.test(word));
  const build = end < 0 ? args : args.slice(0, end);
  const flags = flagsOf(build);
  const written = (names: ReadonlySet<string>, prefix: string) =>
    flags
      .filter(({ name }) => names.has(name))
      .map(({ name, value }) => `-${prefix}${name}${value === null ? '' : `=${value}`}`);
  return {
    list: written(choosing, ''),
    build,
    program: [...written(passedOn, 'test.'), ...(end < 0 ? [] : args.slice(end + 1))],
  };
}

function flagsOf(args: readonly string[]): readonly Flag[] {
  const flags: Flag[] = [];
  for (let at = 0; at < args.length; at++) {
    const [, name, value] = /^--?(?:test\.)?([\w-]+)(?:=(.*))?$/s.exec(args[at]!) ?? [];
    if (name === undefined) continue;
    if (value !== undefined || switches.has(name)) flags.push({ name, value: value ?? null });
    else flags.push({ name, value: args[++at] ?? '' });
  }
  return flags;
}
