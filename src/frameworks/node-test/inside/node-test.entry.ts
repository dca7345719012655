import { isMainThread } from 'node:worker_threads';
import { readOrder, takeCommission } from '../../inside/commission.ts';
import { CoverageSlices } from '../../inside/coverage.ts';
import { awaitDebugger } from '../../inside/debugger.ts';
import { EventPipe, LinePipe } from '../../inside/event-pipe.ts';
import { Session } from './session.ts';

// Required before the test file, which is the program; its own workers and children are not told anything, and do nothing here.

if (isMainThread && process.env['BULKHEAD_ORDER']) {
  const commission = takeCommission([]);
  const order = readOrder(commission);
  const events = new EventPipe(new LinePipe(commission.fd), new CoverageSlices(commission, order));
  if (order.debug) awaitDebugger(events);
  new Session(order, events).begin();
}
