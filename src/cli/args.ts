import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { problemAt } from '../config/reading.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { Report, Scalar } from '../config/shapes.ts';
import { fields } from '../config/table.ts';
import type { Problem } from '../protocol/messages.ts';
import {
  doctorOptions,
  historyOptions,
  initOptions,
  listOptions,
  machineOptions,
  mcpOptions,
  runOptions,
  showOptions,
  topOptions,
} from './options.ts';
import { type Command, type Everywhere, type HelpTopic, topics } from './commands.ts';
import { isLcov, reportTarget } from './report-files.ts';

/** Flags with the name of their setting, whose values are read from text as they are. */
type PlainFlag = 'memory' | 'swap' | 'timeout' | 'disk' | 'cpu' | 'network' | 'isolation' | 'leaks';

const countFlags: ReadonlySet<string> = new Set(['open-files', 'nice', 'jobs', 'retries', 'max-failures']);

const commands = [...topics, 'help', 'version'];

const mostRuns = 10_000;

export function parseCommand(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  switch (name) {
    case 'run':
      return parseRun(rest);
    case 'init':
      return parseInit(rest);
    case 'list':
      return parseList(rest);
    case 'history':
      return parseHistory(rest);
    case 'show':
      return parseShow(rest);
    case 'resume':
      return parseResume(rest);
    case 'doctor':
      return parseDoctor(rest);
    case 'ps':
    case 'reap':
      return parseMachineWide(name, rest);
    case 'mcp':
      return parseMcp(rest);
    case 'help':
      return parseHelp(rest);
    default:
      return parseTop(argv);
  }
}

function parseRun(argv: readonly string[]): Command {
  const parsed = parse(argv, runOptions);
  if (!parsed.ok) return wrong('run', [parsed.problem]);
  const { values, positionals } = parsed;
  if (values.help) return { command: 'help', topic: 'run' };

  const problems: Problem[] = [];
  const report: Report = (path, message, fix) => problems.push(problemAt(path.join('.'), message, fix));
  const read = <T>(flag: PlainFlag, shape: Scalar<T>) => {
    const value = values[flag] === undefined ? undefined : shape.read(values[flag], [`--${flag}`], report);
    return value === undefined ? {} : { [flag]: value };
  };
  const written = <T>(
    flag: 'open-files' | 'file-size' | 'run-timeout' | 'nice' | 'jobs' | 'retries' | 'max-failures',
    shape: Scalar<T>,
    key: string,
  ) => {
    const text = values[flag];
    // A count is a number in the file, and text here.
    const value = text !== undefined && /^\d+$/.test(text) && countFlags.has(flag) ? Number(text) : text;
    const accepted = value === undefined ? undefined : shape.read(value, [`--${flag}`], report);
    return accepted === undefined ? {} : { [key]: accepted };
  };
  const layer: SettingsLayer = {
    ...read('memory', fields.memory.shape),
    ...read('swap', fields.swap.shape),
    ...read('timeout', fields.timeout.shape),
    ...read('isolation', fields.isolation.shape),
    ...read('leaks', fields.leaks.shape),
    ...read('disk', fields.disk.shape),
    ...read('cpu', fields.cpu.shape),
    ...read('network', fields.network.shape),
    ...written('open-files', fields.openFiles.shape, 'openFiles'),
    ...written('file-size', fields.fileSize.shape, 'fileSize'),
    ...written('nice', fields.nice.shape, 'nice'),
    ...written('run-timeout', fields.runTimeout.shape, 'runTimeout'),
    ...written('jobs', fields.jobs.shape, 'jobs'),
    ...written('retries', fields.retries.shape, 'retries'),
    ...(values['fail-fast'] ? { maxFailures: 1 } : {}),
    ...written('max-failures', fields.maxFailures.shape, 'maxFailures'),
    ...(values['allow-destructive'] ? { 'destructive.allow': true } : {}),
  };
  const outputs = Map.groupBy(values.output ?? [], file => (isLcov(file) ? 'lcov' : 'report'));
  const lcov = outputs.get('lcov') ?? [];
  const reports = (outputs.get('report') ?? []).flatMap(file => {
    const target = reportTarget(file);
    if (!target) {
      const fix =
        'Name the file with the ending of its kind: .json, .xml (JUnit), .md, or .info (the coverage as lcov).';
      report(['--output'], `there is no kind of report for "${file}"`, fix);
    }
    return target ? [target] : [];
  });
  if (problems.length > 0) return wrong('run', problems);
  return {
    command: 'run',
    ...everywhere(values, positionals),
    quiet: values.quiet ?? false,
    verbose: values.verbose ?? false,
    keys: values.key ?? [],
    reports,
    coverage: (values.coverage ?? false) || lcov.length > 0,
    lcov,
    layer,
  };
}

function parseInit(argv: readonly string[]): Command {
  const parsed = parse(argv, initOptions);
  if (!parsed.ok) return wrong('init', [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: 'init' };
  const [path] = parsed.positionals;
  if (path !== undefined) {
    const fix = `For another folder: bulkhead init --folder ${path}`;
    return wrong('init', [problemAt('', `init takes no path, got "${path}"`, fix)]);
  }
  return { command: 'init', ...everywhere(parsed.values, []) };
}

function parseList(argv: readonly string[]): Command {
  const parsed = parse(argv, listOptions);
  if (!parsed.ok) return wrong('list', [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: 'list' };
  return { command: 'list', ...everywhere(parsed.values, parsed.positionals) };
}

function parseHistory(argv: readonly string[]): Command {
  const parsed = parse(argv, historyOptions);
  if (!parsed.ok) return wrong('history', [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: 'history' };
  const [extra] = parsed.positionals;
  if (extra !== undefined) {
    const fix = `For one run: bulkhead show ${extra}`;
    return wrong('history', [problemAt('', `history takes no run, got "${extra}"`, fix)]);
  }
  const limit = Number(parsed.values.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRuns) {
    return wrong('history', [problemAt('--limit', `expected a whole number from 1 to ${mostRuns}`)]);
  }
  return { command: 'history', ...everywhere(parsed.values, []), limit };
}

function parseShow(argv: readonly string[]): Command {
  const parsed = parse(argv, showOptions);
  if (!parsed.ok) return wrong('show', [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: 'show' };
  const [run = null, second] = parsed.positionals;
  if (second !== undefined) return wrong('show', [oneRun('show')]);
  return { command: 'show', ...everywhere(parsed.values, []), verbose: parsed.values.verbose ?? false, run };
}

function parseResume(argv: readonly string[]): Command {
  const command = parseRun(argv);
  switch (command.command) {
    case 'run': {
      const [run = null, second] = command.paths;
      if (second !== undefined) return wrong('resume', [oneRun('resume')]);
      return { ...command, command: 'resume', paths: [], keys: [], run };
    }
    case 'help':
    case 'wrong':
      return { ...command, topic: 'resume' };
    default:
      return command;
  }
}

function oneRun(command: string): Problem {
  return problemAt('', `${command} takes one run`, 'All that are kept: bulkhead history');
}

function parseDoctor(argv: readonly string[]): Command {
  const parsed = parse(argv, doctorOptions);
  if (!parsed.ok) return wrong('doctor', [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: 'doctor' };
  const [path] = parsed.positionals;
  if (path !== undefined) {
    const fix = 'It examines the machine; --folder names the folder whose settings count.';
    return wrong('doctor', [problemAt('', `doctor takes no path, got "${path}"`, fix)]);
  }
  return { command: 'doctor', ...everywhere(parsed.values, []) };
}

function parseMachineWide(command: 'ps' | 'reap', argv: readonly string[]): Command {
  const parsed = parse(argv, machineOptions);
  if (!parsed.ok) return wrong(command, [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: command };
  const [path] = parsed.positionals;
  if (path !== undefined) {
    const fix = 'It is about everything that Bulkhead runs for you on this machine.';
    return wrong(command, [problemAt('', `${command} takes no path, got "${path}"`, fix)]);
  }
  return { command, json: parsed.values.json ?? false, color: !parsed.values['no-color'] };
}

function parseMcp(argv: readonly string[]): Command {
  const parsed = parse(argv, mcpOptions);
  if (!parsed.ok) return wrong('mcp', [parsed.problem]);
  if (parsed.values.help) return { command: 'help', topic: 'mcp' };
  const [path] = parsed.positionals;
  if (path !== undefined) {
    const fix = `For another folder: bulkhead mcp --folder ${path}`;
    return wrong('mcp', [problemAt('', `mcp takes no path, got "${path}"`, fix)]);
  }
  return { command: 'mcp', folder: parsed.values.folder ?? null, json: true, color: false };
}

function parseHelp([topic]: readonly string[]): Command {
  const known = topics.find(each => each === topic);
  if (known) return { command: 'help', topic: known };
  return topic === undefined || topic === 'help' ? { command: 'help', topic: 'bulkhead' } : unknownCommand(topic);
}

function parseTop(argv: readonly string[]): Command {
  const [first] = argv;
  if (first === undefined) return wrong('bulkhead', [problemAt('', 'a command is missing', 'Try: bulkhead run')]);
  if (first === 'version') return { command: 'version' };
  if (!first.startsWith('-')) return unknownCommand(first);
  const parsed = parse(argv, topOptions);
  if (!parsed.ok) return wrong('bulkhead', [parsed.problem]);
  if (parsed.values.version) return { command: 'version' };
  return { command: 'help', topic: 'bulkhead' };
}

function unknownCommand(name: string): Command {
  const meant = nearest(name, commands);
  const fix = meant ? `Did you mean "bulkhead ${meant}"?` : `To run tests: bulkhead run ${name}`;
  return wrong('bulkhead', [problemAt('', `there is no command "${name}"`, fix)]);
}

function wrong(topic: HelpTopic, problems: readonly Problem[]): Command {
  return { command: 'wrong', topic, problems };
}

type CommonValues = { folder?: string; json?: boolean; 'no-color'?: boolean };

function everywhere(values: CommonValues, paths: readonly string[]): Everywhere {
  return { paths, folder: values.folder ?? null, json: values.json ?? false, color: !values['no-color'] };
}

function parse<O extends ParseArgsOptionsConfig>(argv: readonly string[], options: O) {
  try {
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    return { ok: true as const, ...parsed };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    return { ok: false as const, problem: badFlag(message, Object.keys(options)) };
  }
}

function badFlag(message: string, known: readonly string[]): Problem {
  const [, written, name] = /Unknown option '(-+([^']+))'/.exec(message) ?? [];
  // What follows the first sentence is advice on how to write a path that begins with a dash.
  if (written === undefined || name === undefined) return problemAt('', message.split(/\n|\. /)[0] ?? message);
  const meant = nearest(name, known);
  return problemAt('', `there is no flag ${written}`, meant ? `Did you mean --${meant}?` : 'See bulkhead help.');
}
