import { takeCommission, readOrder } from '../../inside/commission.ts';
import { CoverageSlices } from '../../inside/coverage.ts';
import { awaitDebugger } from '../../inside/debugger.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { restart } from '../../inside/restart.ts';
import { optionsForFile } from './options.ts';
import { Session } from './session.ts';
import { UserMocha } from './user-mocha.ts';

// Runs or lists the tests of one file with the user's own mocha, told what to do by environment variables.

const commission = takeCommission(['BULKHEAD_MOCHA', 'BULKHEAD_NODE_ARGS', 'BULKHEAD_RESTARTED']);
const { variables, fd } = commission;

async function main(): Promise<void> {
  const mocha = new UserMocha(variables['BULKHEAD_MOCHA']!);
  const order = readOrder(commission);
  const events = new EventPipe(new LinePipe(fd), new CoverageSlices(commission, order));
  const session = new Session(mocha, order, events);
  const { options, nodeArgs } = session.readOptions();
  if (JSON.stringify(nodeArgs) !== (variables['BULKHEAD_NODE_ARGS'] ?? '[]') && !variables['BULKHEAD_RESTARTED']) {
    session.leave();
    restart(nodeArgs, { ...process.env, ...variables, BULKHEAD_RESTARTED: '1' }, fd);
    return;
  }
  if (order.debug) {
    awaitDebugger(events);
    mocha.withoutTimeouts();
  }
  session.takeOver();
  await mocha.main(optionsForFile(options, order.file));
}

if (!Number.isInteger(fd) || !variables['BULKHEAD_MOCHA'] || !variables['BULKHEAD_ORDER']) {
  console.error('This program is started by Bulkhead, which tells it what to run by environment variables.');
  process.exitCode = 2;
} else void main();
