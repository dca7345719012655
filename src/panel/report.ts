import type { Host } from './host.ts';
import type { ToPanel } from './messages.ts';
import { RunReport } from './run-report.ts';

declare function acquireVsCodeApi(): Host;

const report = new RunReport(document.body, acquireVsCodeApi());
window.addEventListener('message', (event: MessageEvent<ToPanel>) => report.receive(event.data));
