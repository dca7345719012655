import type { LoadedOptions, UserMocha } from './user-mocha.ts';

export interface ReadOptions {
  readonly options: LoadedOptions;
  /** What the configuration wants Node itself to be started with. */
  readonly nodeArgs: readonly string[];
}

/** The user's configuration, read by the user's mocha: every format, `package.json` and MOCHA_OPTIONS; and arguments from ours. */
export function readOptions(mocha: UserMocha): ReadOptions {
  const loaded = mocha.part('lib/cli/options').loadOptions(process.argv.slice(2));
  const { isNodeFlag, impliesNoTimeouts, unparseNodeFlags } = mocha.part('lib/cli/node-flags');
  const options: LoadedOptions = { _: [] };
  const flags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(loaded)) {
    if (!isNodeFlag(name)) options[name] = value;
    else flags[/^v8-(?!options$)/.test(name) ? name.slice(3) : name] = value;
  }
  const nodeOptions = options['node-option'] as readonly string[] | undefined;
  delete options['node-option'];
  if ([...Object.keys(flags), ...(nodeOptions ?? [])].some(impliesNoTimeouts)) options['timeout'] = 0;
  // As in mocha's own launcher, `node-option` hides flags given by their own names.
  return { options, nodeArgs: nodeOptions?.map(option => `--${option}`) ?? unparseNodeFlags(flags) };
}

/** Those under which one file could not be run by itself, or its tests would be said to pass without having run. */
const overruled = [
  'allow-uncaught',
  'dry-run',
  'jobs',
  'list-interfaces',
  'list-reporters',
  'parallel',
  'reporter-option',
  'sort',
  'spec',
  'watch',
];

/** Mocha's options for running exactly this file. */
export function optionsForFile(loaded: LoadedOptions, file: string): LoadedOptions {
  const kept = Object.entries(loaded).filter(([name]) => !overruled.includes(name));
  return {
    ...Object.fromEntries(kept),
    _: [file],
    // The file was listed, so nothing ignores it; a pattern meant for relative paths might match its absolute one.
    ignore: [],
    // Replaced by our own before mocha makes it; the user's need not even be loaded.
    reporter: 'min',
    // Mocha would cut the paths of stack frames short, and nobody could click them.
    'full-trace': true,
  };
}
