/** The configuration that the user's arguments name. */
export function configOf(args: readonly string[]): string | undefined {
  const at = args.findIndex(arg => /^(?:-c|--config)(?:=|$)/.test(arg));
  if (at === -1) return undefined;
  const [, value] = args[at]!.split(/=(.*)/s);
  return value ?? args[at + 1];
}

/** Those of the user's arguments that ask for less than a file, or for something to look at. */
const overruled = /^(?:-x|--ui|--list|--last-failed|--only-changed)$/;

/** One file, or what is in it, with nothing that other cages do as well. */
export function optionsFor(
  file: string,
  mode: 'discover' | 'run',
  { user, project, output, reporter }: { user: readonly string[]; project: string; output: string; reporter: string },
): string[] {
  return [
    'test',
    // Between slashes it is a pattern that heeds upper and lower case.
    `/^${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$/`,
    ...user.filter(arg => !overruled.test(arg)),
    '--workers=1',
    `--reporter=${reporter}`,
    `--output=${output}`,
    '--max-failures=0',
    '--shard=1/1',
    '--pass-with-no-tests',
    ...(project ? [`--project=${project}`] : []),
    ...(mode === 'discover' ? ['--list'] : []),
  ];
}
