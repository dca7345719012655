import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { wantsColor } from '../../../src/cli/terminal.ts';
import { FakeScreen } from './screen.ts';

const clear = '\r\x1b[K';

describe('the line that changes', () => {
  it('is drawn ten times a second at most, always ending with the newest', async () => {
    const screen = new FakeScreen();
    const terminal = screen.terminal({ live: true });
    const began = performance.now();
    for (let index = 1; index <= 100; index++) {
      terminal.status(`at ${index}`);
      await sleep(3);
    }
    await sleep(150);
    const draws = screen.written.split(clear).length - 1;
    const most = Math.ceil((performance.now() - began) / 100) + 1;
    assert.ok(draws >= 2 && draws <= most, `${draws} of at most ${most}`);
    assert.ok(screen.written.endsWith(`${clear}at 100`));
    terminal.end();
    assert.ok(screen.written.endsWith(clear));
  });

  it('stays below the lines that are printed', async () => {
    const screen = new FakeScreen();
    const terminal = screen.terminal({ live: true });
    terminal.status('1/2');
    await sleep(20);
    terminal.print('✗ a test');
    terminal.end();
    assert.equal(screen.written, `${clear}1/2${clear}✗ a test\n1/2${clear}`);
  });

  it('never wraps and holds no control characters', async () => {
    const screen = new FakeScreen(20);
    const terminal = screen.terminal({ live: true });
    terminal.status(`${'x'.repeat(100)}\n\x1b[2J`);
    await sleep(20);
    terminal.end();
    assert.equal(screen.written, `${clear}${'x'.repeat(18)}…${clear}`);
  });

  it('does not exist where output is no terminal', async () => {
    const screen = new FakeScreen();
    const terminal = screen.terminal();
    terminal.status('1/2');
    await sleep(20);
    terminal.print('a line');
    terminal.end();
    assert.equal(screen.written, 'a line\n');
  });
});

describe('colours', () => {
  it('are there on a terminal, unless something says no', () => {
    assert.equal(wantsColor(true, {}, true), true);
    assert.equal(wantsColor(true, {}, false), false);
    assert.equal(wantsColor(false, { FORCE_COLOR: '1' }, true), false);
    assert.equal(wantsColor(true, { NO_COLOR: '1' }, true), false);
    assert.equal(wantsColor(true, { NO_COLOR: '' }, true), true);
    assert.equal(wantsColor(true, { TERM: 'dumb' }, true), false);
    assert.equal(wantsColor(true, { FORCE_COLOR: '1' }, false), true);
    assert.equal(wantsColor(true, { FORCE_COLOR: '0' }, true), false);
  });

  it('are written only when wanted', () => {
    assert.equal(new FakeScreen().terminal({ color: true }).style('red', 'x'), '\x1b[31mx\x1b[39m');
    assert.equal(new FakeScreen().terminal().style('red', 'x'), 'x');
  });
});
