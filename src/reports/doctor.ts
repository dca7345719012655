import type { CgroupFacts, Diagnosis, Finding, KeeperFacts, MachineFacts } from '../protocol/diagnosis.ts';
import type { CageProperties, MechanismName } from '../protocol/limits.ts';
import { assuranceText, mechanismLabel, propertyNames } from './cage.ts';
import { oneLine } from './excerpt.ts';

interface Entry {
  readonly term: string;
  readonly text: string;
  /** What would change it. */
  readonly remedy?: string | null;
}

interface Section {
  readonly title: string;
  readonly lead?: string;
  readonly entries: readonly Entry[];
}

type Tried = Diagnosis['mechanisms'][number];

/** The page of a diagnosis for a terminal; `strong` makes a title stand out. */
export function doctorText(diagnosis: Diagnosis, strong: (text: string) => string = text => text): string {
  return sections(diagnosis)
    .map(section => sectionText(section, strong))
    .join('\n\n');
}

export function doctorMarkdown(diagnosis: Diagnosis): string {
  const body = sections(diagnosis).map(({ title, lead, entries }) =>
    [
      `## ${title}`,
      ...(lead ? [escaped(lead)] : []),
      ...(entries.length > 0 ? [entries.map(entryMarkdown).join('\n')] : []),
    ].join('\n\n'),
  );
  return `# Bulkhead: the cages of this machine\n\n${body.join('\n\n')}\n\nBulkhead ${diagnosis.bulkhead}\n`;
}

function sections(diagnosis: Diagnosis): Section[] {
  const { machine, mechanisms, cage } = diagnosis;
  const rank = cage ? mechanisms.findIndex(({ mechanism }) => mechanism === cage.mechanism) : mechanisms.length;
  const stronger = mechanisms.slice(0, rank);
  const weaker = mechanisms.slice(rank + 1);
  return [
    { title: 'This machine', entries: machineEntries(machine) },
    cageSection(diagnosis),
    {
      title: 'Stronger cages',
      ...(stronger.length === 0 ? { lead: 'None: this is the strongest that Bulkhead has.' } : {}),
      entries: stronger.map(triedEntry),
    },
    ...(weaker.length > 0 ? [{ title: 'Weaker cages', entries: weaker.map(triedEntry) }] : []),
    {
      title: 'What no cage holds',
      lead: 'Work that a test hands to something that runs already is done outside of every cage, and is neither capped nor ended with the test:',
      entries: outside,
    },
  ];
}

const outside: readonly Entry[] = [
  { term: 'container engines', text: 'docker run and podman --remote start the container from their own service' },
  { term: 'systemd-run, D-Bus', text: 'a unit, or a service that is started by a message, belongs to systemd' },
  { term: 'at, cron, batch', text: 'what they are told to do later is started by them' },
  { term: 'ssh', text: 'what it starts runs in a session of the server, on this machine too' },
  { term: 'running servers', text: 'a database keeps the memory and the files that a query of a test makes it use' },
];

function cageSection({ cage, inUse, requirements }: Diagnosis): Section {
  const title = 'The cage of each test';
  if (!cage) return { title, lead: 'None: every kind that works here is forbidden, so nothing is run.', entries: [] };
  const names = Object.keys(propertyNames) as (keyof CageProperties)[];
  const asked = requirements.map(({ requirement, folder, unmet }) => ({
    term: 'Required',
    text:
      unmet === null
        ? `${requirement} (${folder}): met`
        : `${requirement} (${folder}): nothing is run, because the ${unmet}`,
  }));
  const started = inUse
    ? `; the warden that runs now still uses ${mechanismLabel(inUse)}, and the next one takes this`
    : '';
  return {
    title,
    lead: `${capital(cage.label)}${started}.`,
    entries: [
      ...names.map(name => ({ term: propertyNames[name], text: assuranceText(cage.properties[name]) })),
      ...asked,
    ],
  };
}

function triedEntry(tried: Tried): Entry {
  return { term: mechanismLabel(tried.mechanism), ...findingText(tried, tried.mechanism) };
}

function findingText(finding: Finding, mechanism: MechanismName): Omit<Entry, 'term'> {
  switch (finding.outcome) {
    case 'works':
      return { text: 'works here' };
    case 'fails':
      return {
        text: `cannot be had, because ${oneLine(finding.because, 500)}`,
        remedy: finding.remedy ?? 'Bulkhead knows of nothing that would give it on this machine.',
      };
    case 'forbidden':
      return {
        text: `was not tried, because ${finding.by}`,
        remedy: `Take "${mechanism}" out of "cage.forbid" (or of the variable BULKHEAD_FORBID).`,
      };
  }
}

function machineEntries(machine: MachineFacts): Entry[] {
  const { platform, arch, kernel, container, wsl, user } = machine;
  const system = `${systemNames[platform] ?? platform} ${kernel} on ${arch}`;
  const inside = [...(container === null ? [] : [`in a container (${container})`]), ...(wsl ? ['in WSL'] : [])];
  const entries = [
    { term: 'System', text: [system, ...inside].join(', ') },
    ...(user === null ? [] : [{ term: 'User', text: user === 0 ? 'root' : `user id ${user}` }]),
  ];
  const keeper = { term: platform === 'win32' ? 'Addon' : 'Keeper', text: keeperText(machine.keeper) };
  if (platform !== 'linux') return [...entries, keeper];
  return [
    ...entries,
    { term: 'Control groups', text: cgroupText(machine.cgroups) },
    { term: 'systemd', text: systemdText(machine.systemd) },
    { term: 'User namespaces', text: namespaceText(machine.namespaces) },
    keeper,
    // It is for machines without the keeper, and most have no need of it.
    ...(machine.addon && machine.keeper.state !== 'works' ? [{ term: 'Addon', text: addonText(machine.addon) }] : []),
  ];
}

const systemNames: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

function cgroupText({ layout, own, writable, controllers, memoryV1 }: CgroupFacts): string {
  const group = `its own group ${own} ${writable ? 'may' : 'may not'} be written to and has ${
    controllers.length > 0 ? `the controllers ${controllers.join(', ')}` : 'no controllers'
  }`;
  switch (layout) {
    case 'none':
      return 'none are mounted';
    case 'v1':
      return `version 1${memoryV1 === null ? ', without a memory controller' : `; memory is at ${memoryV1}`}`;
    case 'hybrid':
      return `version 1 with memory at ${memoryV1}, and version 2 beside it: ${group}`;
    case 'v2':
      return `version 2: ${group}`;
  }
}

function systemdText({ runs, userBus }: MachineFacts['systemd']): string {
  if (!runs) return 'does not run here';
  return userBus === null ? 'runs, but not for this user' : `runs, also for this user (${userBus})`;
}

function namespaceText({ most, unprivileged, restrictedByAppArmor, seccomp }: MachineFacts['namespaces']): string {
  const said = [
    most === null ? 'not in this kernel' : most === 0 ? 'forbidden (user.max_user_namespaces is 0)' : `${most} at most`,
    ...(unprivileged === false ? ['for root alone (kernel.unprivileged_userns_clone is 0)'] : []),
    ...(restrictedByAppArmor ? ['restricted (kernel.apparmor_restrict_unprivileged_userns is 1)'] : []),
    ...(seccomp ? ['a filter of system calls (seccomp) stands over this process'] : []),
  ];
  return said.join(', ');
}

function addonText(addon: KeeperFacts): string {
  return addon.state === 'refused' ? `does not load: ${addon.path} (${oneLine(addon.because)})` : keeperText(addon);
}

function keeperText(keeper: KeeperFacts): string {
  switch (keeper.state) {
    case 'works':
      return `works: ${keeper.path}`;
    case 'missing':
      return `is not there: ${keeper.path}`;
    case 'refused':
      return `does not run: ${keeper.path} (${oneLine(keeper.because)})`;
  }
}

function sectionText({ title, lead, entries }: Section, strong: (text: string) => string): string {
  const width = Math.max(0, ...entries.map(({ term }) => term.length));
  const margin = ' '.repeat(width + 4);
  const lines = entries.flatMap(({ term, text, remedy }) => [
    `  ${term.padEnd(width)}  ${text}`,
    ...(remedy ? [`${margin}→ ${remedy}`] : []),
  ]);
  return [strong(title), ...(lead ? [`  ${lead}`] : []), ...lines].join('\n');
}

function entryMarkdown({ term, text, remedy }: Entry): string {
  return [`- **${escaped(term)}**: ${escaped(text)}`, ...(remedy ? [`  - → ${escaped(remedy)}`] : [])].join('\n');
}

/** Paths and reasons come from the machine; they must not become markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*<[]/g, character => `\\${character}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
