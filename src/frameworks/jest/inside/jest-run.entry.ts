import { join } from 'node:path';
import { readOrder, takeCommission } from '../../inside/commission.ts';
import { CoverageSlices } from '../../inside/coverage.ts';
import { awaitDebugger } from '../../inside/debugger.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { Session } from './session.ts';
import { UserJest } from './user-jest.ts';

// Runs or lists the tests of one file with the user's own jest, told what to do by environment variables.

const commission = takeCommission(['BULKHEAD_JEST', 'BULKHEAD_PROJECT']);
const { variables, fd } = commission;

if (!Number.isInteger(fd) || !variables['BULKHEAD_JEST'] || !variables['BULKHEAD_ORDER']) {
  console.error('This program is started by Bulkhead, which tells it what to run by environment variables.');
  process.exitCode = 2;
} else {
  // As jest's own command does.
  process.env['NODE_ENV'] ??= 'test';
  const order = readOrder(commission);
  const events = new EventPipe(new LinePipe(fd), new CoverageSlices(commission, order, 'made'));
  if (order.debug) awaitDebugger(events);
  const runnerFile = join(__dirname, 'jest-bulkhead-runner.js');
  const session = new Session(new UserJest(variables['BULKHEAD_JEST']), order, events, runnerFile);
  void session.run(variables['BULKHEAD_PROJECT'] ?? '');
}
