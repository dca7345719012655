import { configName } from '../config/load.ts';
import type { HelpTopic } from './commands.ts';
import { exitMeanings } from './exit-codes.ts';
import {
  doctorOptions,
  historyOptions,
  initOptions,
  listOptions,
  machineOptions,
  mcpOptions,
  type Option,
  runOptions,
  showOptions,
  topOptions,
} from './options.ts';

export function helpText(topic: HelpTopic): string {
  switch (topic) {
    case 'bulkhead':
      return page([
        'Bulkhead runs every test in its own memory-capped cage, reaps every process that it leaves, and says what happened.',
        section('Usage', [
          'bulkhead init            write a first configuration for what is found here',
          'bulkhead run [paths…]    run the tests of these files and folders, or all',
          'bulkhead list [paths…]   list them without running them',
          'bulkhead history         show the runs that are kept',
          'bulkhead show [run]      show one of them, the last by default',
          'bulkhead resume [run]    go on with one that was interrupted or stopped',
          'bulkhead doctor          try every kind of cage here, and say what would give a stronger one',
          'bulkhead ps              show what is alive now: wardens, cages, processes',
          'bulkhead reap            end what killed wardens have left',
          'bulkhead mcp             serve agents over the Model Context Protocol',
          'bulkhead help [command]  explain a command',
        ]),
        section('Flags', flags(topOptions)),
        section('Settings', [
          `${configName} in the workspace folder; above it the variables MEM_MAX, SWAP_MAX and`,
          'TIMEOUT_PER_TEST (30 = 30 s); above them the flags.',
        ]),
        exits(),
      ]);
    case 'init':
      return page([
        `Looks which frameworks the folder has and writes ${configName}, commented. It changes nothing yet: without it,`,
        'Bulkhead runs the same tests with the same limits. A file that is there already is left alone.',
        section('Usage', ['bulkhead init [flags]']),
        section('Flags', flags(initOptions)),
        section('Exit codes', [
          '0    it is written',
          '2    there is one already, or the folder cannot be written to',
          '3    Bulkhead itself failed',
        ]),
      ]);
    case 'run':
      return page([
        'Runs the tests of the files and folders named, or all of the workspace folder.',
        section('Usage', ['bulkhead run [paths…] [flags]']),
        section('Flags', flags(runOptions)),
        section('Examples', [
          'bulkhead run',
          'bulkhead run test/parser --memory 128M --timeout 5s',
          'bulkhead run --jobs 2 --output report.xml --output summary.md',
        ]),
        section('Stopping', [
          'Ctrl-C stops the run: no test is started any more, and the running ones are asked to end, then killed.',
          'A second Ctrl-C kills them at once. Either way nothing that a test started stays alive.',
          'Ctrl-Z freezes the tests too, and no time limit counts until fg.',
        ]),
        exits(),
      ]);
    case 'history':
      return page([
        'Shows the runs that are kept, the newest first: ended, stopped, interrupted, or still running.',
        section('Usage', ['bulkhead history [flags]']),
        section('Flags', flags(historyOptions)),
        section('Exit codes', ['0    always, unless the command line is wrong (2) or Bulkhead itself failed (3)']),
      ]);
    case 'show':
      return page([
        'Shows the failures of a run and what of it has no verdict, from its journal. The first letters of its id are enough.',
        section('Usage', ['bulkhead show [run] [flags]']),
        section('Flags', flags(showOptions)),
        section('Exit codes', ['0    always, unless the command line is wrong (2) or Bulkhead itself failed (3)']),
      ]);
    case 'resume':
      return page([
        'Goes on with a run that was interrupted or stopped: every test of it that has no verdict, or was cancelled, is run.',
        section('Usage', ['bulkhead resume [run] [flags]']),
        section('Flags', flags(runOptions)),
        section('Settings', [
          'The flags that the run was started with hold again; flags given now stand above them. The file and the',
          'environment count as they are now. --allow-destructive must be given again.',
        ]),
        exits(),
      ]);
    case 'doctor':
      return page([
        'Tries every kind of cage on this machine and shows what holds, what does not, why, and what would give it.',
        section('Usage', ['bulkhead doctor [flags]']),
        section('Flags', flags(doctorOptions)),
        section('Exit codes', ['0    always, unless the command line is wrong (2) or Bulkhead itself failed (3)']),
      ]);
    case 'ps':
      return page([
        'Shows what of Bulkhead is alive now on this machine: the wardens of this user (of windows and terminals), their cages,',
        'and the processes in them with memory, CPU time, age and command; and what dead wardens have left, marked as such.',
        section('Usage', ['bulkhead ps [flags]']),
        section('Flags', flags(machineOptions)),
      ]);
    case 'reap':
      return page([
        'Ends what wardens of this user have left that were killed themselves. Living wardens and their tests are not touched, and',
        'nothing is killed by its number alone. Every start of Bulkhead does this too.',
        section('Usage', ['bulkhead reap [flags]']),
        section('Flags', flags(machineOptions)),
        section('Exit codes', ['0    nothing is left', '3    something could not be killed']),
      ]);
    case 'mcp':
      return page([
        'Serves agents over the Model Context Protocol on standard input and output: run_tests_safely runs tests in cages, and',
        'get_test_process_report tells what they did to the machine. It ends with its input, and everything that runs with it.',
        section('Usage', ['bulkhead mcp [flags]']),
        section('Flags', flags(mcpOptions)),
        section('Example, for a client that reads mcpServers', [
          '{ "mcpServers": { "bulkhead": { "command": "bulkhead", "args": ["mcp", "--folder", "/path/to/project"] } } }',
        ]),
      ]);
    case 'list':
      return page([
        'Lists the tests of the files and folders named, or all of the workspace folder.',
        section('Usage', ['bulkhead list [paths…] [flags]']),
        section('Flags', flags(listOptions)),
        exits(),
      ]);
  }
}

function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map(line => `  ${line}`)].join('\n');
}

function exits(): string {
  return section(
    'Exit codes',
    exitMeanings.map(([code, meaning]) => `${code.padEnd(4)} ${meaning}`),
  );
}

function flags(options: Readonly<Record<string, Option>>): string[] {
  const rows = Object.entries(options).map(([name, { short, value, help }]) => {
    const long = `--${name}${value ? ` ${value}` : ''}`;
    return [short ? `-${short}, ${long}` : `    ${long}`, help] as const;
  });
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return rows.map(([flag, help]) => `${flag.padEnd(width)}  ${help}`);
}
