import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommand } from './args.ts';
import type { Command } from './commands.ts';
import { WardenGone } from './connection.ts';
import { Console } from './console.ts';
import { doctorCommand } from './doctor-command.ts';
import { exitCodes } from './exit-codes.ts';
import { historyCommand } from './history-command.ts';
import { helpText } from './help.ts';
import { initCommand } from './init-command.ts';
import { Interruption } from './interruption.ts';
import { listCommand } from './list-command.ts';
import { mcpCommand } from './mcp-command.ts';
import { whyNotThisNode } from './own-node.ts';
import { psCommand, reapCommand } from './processes-command.ts';
import type { Program } from './program.ts';
import { resumeCommand } from './resume-command.ts';
import { runCommand } from './run-command.ts';
import { showCommand } from './show-command.ts';
import { stopThisProcess, Suspension } from './suspension.ts';

/** The folder of the bundles, this one among them. */
declare const __dirname: string;

type Executable = Exclude<Command, { command: 'help' | 'version' | 'wrong' }>;

const patienceMs = 10_000;
const freezeMs = 2000;

function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

async function main(): Promise<number> {
  const because = whyNotThisNode(process.versions.node, process.execPath);
  if (because !== null) {
    process.stderr.write(`${because}\n`);
    return exitCodes.infrastructure;
  }
  const command = parseCommand(process.argv.slice(2));
  switch (command.command) {
    case 'init':
    case 'run':
    case 'resume':
    case 'list':
    case 'history':
    case 'show':
    case 'doctor':
    case 'ps':
    case 'reap':
    case 'mcp':
      return execute(command);
    case 'help':
      process.stdout.write(helpText(command.topic));
      return exitCodes.passed;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return exitCodes.passed;
    case 'wrong': {
      const topic = command.topic === 'bulkhead' ? '' : ` ${command.topic}`;
      new Console(process, process.env, { json: true, color: true, quiet: true }).complain(command.problems);
      process.stderr.write(`For all that is possible: bulkhead help${topic}\n`);
      return exitCodes.usage;
    }
  }
}

async function execute(command: Executable): Promise<number> {
  const { json, color } = command;
  const console = new Console(process, process.env, {
    json,
    color,
    quiet: !('quiet' in command) || command.quiet,
  });
  const interruption = new Interruption({
    say: text => console.people.print(text),
    abandon: code => process.exit(code),
    patienceMs,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interruption.raise);
  const suspension: Suspension = new Suspension({
    stop: () => {
      console.people.end();
      return stopThisProcess(suspension.raise);
    },
    patienceMs: freezeMs,
  });
  // Windows has no such signal.
  if (process.platform !== 'win32') process.on('SIGTSTP', suspension.raise);
  // The first error says that nobody reads any more; each write after it fails again.
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (!['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code ?? '')) return interruption.raise('SIGPIPE');
    const fix = 'Free some space. Verdicts are kept apart from it: bulkhead show, and bulkhead resume to go on.';
    console.complain([{ severity: 'error', message: `Standard output takes no more: ${error.message}.`, fix }]);
    interruption.raise('unwritable');
  });
  const program: Program = {
    env: process.env,
    cwd: process.cwd(),
    dist: __dirname,
    version: version(),
    console,
    interruption,
    suspension,
  };
  try {
    const code = await carryOut(command, program);
    return interruption.exitCode ?? code;
  } catch (error) {
    if (!(error instanceof WardenGone)) throw error;
    if (interruption.exitCode !== null) return interruption.exitCode;
    const fix = 'If this does not explain itself, run it again; if it stays so, please report it.';
    console.complain([{ severity: 'error', message: error.message, fix }]);
    return exitCodes.infrastructure;
  } finally {
    interruption.end();
  }
}

function carryOut(command: Executable, program: Program): Promise<number> {
  switch (command.command) {
    case 'init':
      return initCommand(command, program);
    case 'run':
      return runCommand(command, program);
    case 'resume':
      return resumeCommand(command, program);
    case 'list':
      return listCommand(command, program);
    case 'history':
      return historyCommand(command, program);
    case 'show':
      return showCommand(command, program);
    case 'doctor':
      return doctorCommand(command, program);
    case 'ps':
      return psCommand(command, program);
    case 'reap':
      return reapCommand(command, program);
    case 'mcp':
      return mcpCommand(command, program);
  }
}

// What is written to a stream that nobody reads is lost, and that is all.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Ends this process when all that it wrote has been taken, whatever else may still be open. */
async function leave(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise(resolve => stream.write('', resolve));
  process.exit(code);
}

main().then(leave, (error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`A fault of Bulkhead, please report it: ${text}\n`);
  return leave(exitCodes.infrastructure);
});
