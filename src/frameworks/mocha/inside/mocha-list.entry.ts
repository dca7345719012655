import { takeCommission } from '../../inside/commission.ts';
import { LinePipe } from '../../inside/event-pipe.ts';
import { answerLine } from '../../javascript/answer.ts';
import type { Listing } from '../listing.ts';
import { describeConfigFault } from './config-fault.ts';
import { readOptions } from './options.ts';
import { type LoadedOptions, UserMocha } from './user-mocha.ts';

// Lists the test files of the current folder as the user's own mocha would collect them.

const { variables } = takeCommission(['BULKHEAD_MOCHA']);
const mocha = new UserMocha(variables['BULKHEAD_MOCHA']!);
const stdout = new LinePipe(1);

function list(): Listing {
  let read;
  try {
    read = readOptions(mocha);
  } catch (error) {
    return { ok: false, failure: describeConfigFault(error, mocha) };
  }
  const { options, nodeArgs } = read;
  return {
    ok: true,
    files: collect(options),
    nodeArgs,
    spec: options._,
    extension: strings(options['extension']),
    recursive: options['recursive'] === true,
    preloaded: strings(options['file']),
    config: mocha.part('lib/cli/config').findConfig() ?? null,
  };
}

function collect(options: LoadedOptions): readonly string[] {
  const query = {
    ignore: strings(options['ignore']),
    extension: strings(options['extension']),
    file: strings(options['file']),
    recursive: options['recursive'] === true,
    sort: options['sort'] === true,
    spec: options._.length > 0 ? options._ : ['test'],
  };
  const found = withoutExit(() => mocha.part('lib/cli/collect-files')(query), { files: [] });
  return [...new Set('files' in found ? found.files : found)];
}

/** Mocha ends the process where there is no file; here that is an answer like any other. */
function withoutExit<T>(work: () => T, otherwise: T): T {
  const exit = process.exit.bind(process);
  const exited = new Error('process.exit() was called');
  process.exit = () => {
    throw exited;
  };
  try {
    return work();
  } catch (error) {
    if (error === exited) return otherwise;
    throw error;
  } finally {
    process.exit = exit;
  }
}

function strings(value: unknown): string[] {
  return [value].flat().filter(each => typeof each === 'string');
}

stdout.write(answerLine(list()));
process.exit(0);
