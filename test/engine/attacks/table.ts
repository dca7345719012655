/** The names are those of `mechanismsHere`. */
export const columns = [
  'cgroup2',
  'cgroup2 without keeper',
  'cgroup1',
  'cgroup1 without keeper',
  'namespaces',
  'subreaper',
  'node-keeper',
  'process-group',
] as const;
export type Column = (typeof columns)[number];

/** How the attack comes to its end. */
export type End =
  | 'ends by itself'
  | 'ends by itself, having had it all'
  | 'killed by the kernel for memory'
  | 'killed by the watch for memory'
  | 'killed at its time limit'
  | 'killed at its output limit'
  | 'killed by SIGSEGV'
  | 'refused, ends by itself'
  | 'its keeper is gone'
  | 'its keeper is gone, the warden ends it';

export interface Cell {
  /** `best effort`: may be left alive; how many were is said, and the test ends them. */
  readonly survivors: 'none' | 'best effort';
  /** Of attacks on memory only. */
  readonly memory: 'capped' | 'watched' | 'unseen' | null;
  readonly end: End;
  /** Of attacks by number only. Without a control group the kernel does not count the processes of root. */
  readonly processes?: 'capped' | 'capped, except for root' | 'not capped';
}

export interface NotTried {
  readonly because: string;
}

export interface Attack {
  readonly name: string;
  /** The file's name in test/keeper/attacks or in attacks/programs. */
  readonly program: string;
  /** What follows the mark on its command line. */
  readonly words: readonly string[];
  readonly timeoutMs: number;
  /** At least so many are alive when the leader has ended, or the attack did not take place. */
  readonly leaves: number;
  /** What it prints when it did what it is for. */
  readonly says?: RegExp;
  /** It goes for the keeper, on whose life the claims of a cage without control groups and namespaces rest. */
  readonly onKeeper?: true;
  readonly cells: Readonly<Record<Column, Cell | NotTried>>;
}

const long = 10_000;

function everywhere(cell: Cell, change: Partial<Record<Column, Cell | NotTried>> = {}): Attack['cells'] {
  const all = Object.fromEntries(columns.map(column => [column, cell])) as Record<Column, Cell>;
  return { ...all, ...change };
}

/** One cell for control groups, one for a watch by a keeper, one for a watch that sees each process's own memory alone. */
function byKind(groups: Cell | NotTried, kept: Cell | NotTried, group: Cell | NotTried): Attack['cells'] {
  return {
    cgroup2: groups,
    'cgroup2 without keeper': groups,
    cgroup1: groups,
    'cgroup1 without keeper': groups,
    namespaces: kept,
    subreaper: kept,
    'node-keeper': group,
    'process-group': group,
  };
}

function none(end: End): Cell {
  return { survivors: 'none', memory: null, end };
}

const capped: Cell = { survivors: 'none', memory: 'capped', end: 'killed by the kernel for memory' };
const watched: Cell = { survivors: 'none', memory: 'watched', end: 'killed by the watch for memory' };
const unseen: Cell = { survivors: 'none', memory: 'unseen', end: 'ends by itself, having had it all' };
const mayEscape: Cell = { survivors: 'best effort', memory: null, end: 'ends by itself' };
const bombed: Cell = { ...none('ends by itself'), processes: 'capped' };
const noKeeper: NotTried = { because: 'this cage has no keeper' };
const noGroups: NotTried = { because: 'this cage is not made of control groups' };
/** The parent of a leader in a pid namespace is that namespace's init, which nothing inside can kill. */
const keepersOnly = everywhere(none('its keeper is gone'), {
  'cgroup2 without keeper': noKeeper,
  'cgroup1 without keeper': noKeeper,
  namespaces: none('ends by itself'),
  'node-keeper': none('its keeper is gone, the warden ends it'),
  'process-group': noKeeper,
});

export const attacks: readonly Attack[] = [
  {
    name: 'daemon: double fork, own session, no descriptors, every signal ignored',
    program: 'daemon',
    words: [],
    timeoutMs: long,
    leaves: 1,
    cells: everywhere(none('ends by itself')),
  },
  {
    name: 'the same daemon with an empty environment',
    program: 'nameless',
    words: [],
    timeoutMs: long,
    leaves: 1,
    cells: everywhere(none('ends by itself'), { 'process-group': mayEscape }),
  },
  {
    name: '8 orphans, each in a session of its own',
    program: 'orphans',
    words: ['8'],
    timeoutMs: long,
    leaves: 8,
    cells: everywhere(none('ends by itself')),
  },
  {
    name: 'comet: forks and exits for ever',
    program: 'comet',
    words: [],
    timeoutMs: long,
    leaves: 0,
    cells: everywhere(none('ends by itself'), { 'process-group': mayEscape }),
  },
  {
    name: 'fork bomb of 200 processes',
    program: 'bomb',
    words: ['200'],
    timeoutMs: long,
    leaves: 1,
    cells: everywhere(bombed, {
      namespaces: { ...bombed, processes: 'capped, except for root' },
      subreaper: { ...bombed, processes: 'not capped' },
      'node-keeper': { ...bombed, processes: 'not capped' },
      'process-group': { ...bombed, processes: 'not capped' },
    }),
  },
  {
    name: 'ignores SIGTERM',
    program: 'stubborn',
    words: [],
    timeoutMs: 200,
    leaves: 0,
    says: /here/,
    cells: everywhere(none('killed at its time limit')),
  },
  {
    name: 'hog: 512 MiB at 2 GiB/s',
    program: 'hog',
    words: ['512', '2048', '1', '2000'],
    timeoutMs: long,
    leaves: 0,
    cells: byKind(capped, watched, watched),
  },
  {
    name: '8 hogs: 512 MiB together at 2 GiB/s',
    program: 'hog',
    words: ['512', '2048', '8', '2000'],
    timeoutMs: long,
    leaves: 0,
    cells: byKind(capped, watched, watched),
  },
  {
    name: 'memfd: 512 MiB that no process maps',
    program: 'shared',
    words: ['memfd', '512'],
    timeoutMs: long,
    leaves: 0,
    cells: byKind(capped, watched, unseen),
  },
  {
    name: 'a file of 512 MiB in /dev/shm, held open',
    program: 'shared',
    words: ['shm', '512'],
    timeoutMs: long,
    leaves: 0,
    cells: byKind(capped, watched, unseen),
  },
  {
    name: 'files of 256 MiB together in /dev/shm, each closed again',
    program: 'parked',
    words: ['256'],
    timeoutMs: long,
    leaves: 0,
    cells: byKind(capped, unseen, unseen),
  },
  {
    name: 'descriptors: opens 1000 files where 256 are allowed',
    program: 'exhaust',
    words: ['descriptors', '1000'],
    timeoutMs: long,
    leaves: 0,
    says: /Too many open files/,
    cells: everywhere(none('refused, ends by itself')),
  },
  {
    name: 'endless recursion with a stack of 8 MiB',
    program: 'exhaust',
    words: ['stack'],
    timeoutMs: long,
    leaves: 0,
    cells: everywhere(none('killed by SIGSEGV')),
  },
  {
    name: 'spins on the processor',
    program: 'exhaust',
    words: ['cpu', '20'],
    timeoutMs: 300,
    leaves: 0,
    cells: everywhere(none('killed at its time limit')),
  },
  {
    name: 'floods standard output with 1 GiB',
    program: 'flood',
    words: ['1024'],
    timeoutMs: long,
    leaves: 0,
    cells: everywhere(none('killed at its output limit')),
  },
  {
    name: 'a grandchild holds standard output',
    program: 'pipe_holder',
    words: [],
    timeoutMs: long,
    leaves: 1,
    says: /out/,
    cells: everywhere(none('ends by itself')),
  },
  {
    name: 'leaves a child that SIGSTOP has stopped',
    program: 'stopped',
    words: [],
    timeoutMs: long,
    leaves: 1,
    cells: everywhere(none('ends by itself')),
  },
  {
    name: 'kills its own keeper and leaves a daemon',
    program: 'assassin',
    words: [],
    timeoutMs: long,
    leaves: 0,
    onKeeper: true,
    cells: keepersOnly,
  },
  {
    name: 'the same with a daemon whose environment is empty',
    program: 'nameless_assassin',
    words: [],
    timeoutMs: long,
    leaves: 0,
    onKeeper: true,
    cells: {
      ...keepersOnly,
      subreaper: { ...none('its keeper is gone'), survivors: 'best effort' },
      'node-keeper': { ...none('its keeper is gone, the warden ends it'), survivors: 'best effort' },
    },
  },
  {
    name: 'a daemon in nested control groups with chmod 000',
    program: 'nested',
    words: [],
    timeoutMs: long,
    leaves: 1,
    says: /dug [1-9]/,
    cells: byKind(none('ends by itself'), noGroups, noGroups),
  },
  {
    name: 'zombie factory',
    program: 'zombies',
    words: ['50'],
    timeoutMs: long,
    leaves: 1,
    cells: everywhere(none('ends by itself')),
  },
];
