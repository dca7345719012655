// Loaded by VS Code beside the extension under test, never packaged with it.
const fs = require('node:fs');
const http = require('node:http');
const vscode = require('vscode');

const states = { 1: 'queued', 2: 'running', 3: 'passed', 4: 'failed', 5: 'skipped', 6: 'errored' };

/** A test and all below it, parents first. */
function observed(test, above = []) {
  const path = [...above, test.label];
  const task = test.taskStates.at(-1);
  const messages = test.taskStates.flatMap(({ messages }) => messages).map(text);
  const own = { id: test.id, path, state: states[task?.state] ?? 'unset', duration: task?.duration, messages };
  return [own, ...test.children.flatMap(child => observed(child, path))];
}

function text({ message }) {
  return typeof message === 'string' ? message : message.value;
}

const scope = {
  vscode,
  require,
  /** What the Test Explorer itself holds, newest run first. */
  runs: () =>
    vscode.tests.testResults.map(run => ({
      ended: run.completedAt,
      tests: run.results.flatMap(root => observed(root)),
    })),
  get extension() {
    return vscode.extensions.getExtension(process.env.BULKHEAD_BED_TARGET)?.exports;
  },
};

async function answer(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { code, args } = JSON.parse(body);
  return (0, eval)(`(${code})`)(scope, ...args);
}

/** After a reload the old extension host may still be there: the newest takes the name over, and its end takes nothing away. */
function listen(socket) {
  const own = `${socket}.${process.pid}`;
  const server = http.createServer((request, response) => {
    answer(request).then(
      value => response.end(JSON.stringify({ value })),
      error => response.end(JSON.stringify({ error: String(error?.stack ?? error) })),
    );
  });
  server.listen(own, () => fs.renameSync(own, socket));
}

exports.activate = () => {
  if (process.env.BULKHEAD_BED_BRIDGE) listen(process.env.BULKHEAD_BED_BRIDGE);
  if (process.env.BULKHEAD_BED_VIEW) void vscode.commands.executeCommand(process.env.BULKHEAD_BED_VIEW);
};
