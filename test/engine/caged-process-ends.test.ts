import assert from 'node:assert/strict';
import { describeInCages, pause, ready } from './caged.ts';

describeInCages('the end of a caged process', ({ hard, start }) => {
  it('leaves nothing behind when it daemonises, and says who was there', async () => {
    const { caged } = start(
      'setsid sh -c "trap : TERM HUP; sleep 60 & sleep 60" >/dev/null 2>&1 </dev/null & sleep 0.1',
    );
    const { leftovers, exit } = await caged.finished;
    assert.equal(exit?.code, 0);
    assert.ok(
      leftovers.some(process => process.command.includes('sleep 60')),
      JSON.stringify(leftovers),
    );
  });

  it('asks what it leaves to end, gives it time for that, and has noted why', async () => {
    const up = ': > "/tmp/$MARK"';
    const server = `trap "sleep 0.2; echo tidied >&2; exit 0" TERM; ${up}; while :; do sleep 0.05; done`;
    const wait = 'while [ ! -e "/tmp/$MARK" ]; do sleep 0.05; done; rm "/tmp/$MARK"';
    const { caged, stops } = start(`setsid sh -c '${server}' & ${wait}`, { graceMs: 5000 });
    const { leftovers, wallMs, stop } = await caged.finished;
    assert.match(caged.output.result().text, /tidied/);
    assert.ok(leftovers.length > 0 && wallMs < 5000, `took ${wallMs} ms`);
    assert.deepEqual([stop, stops[0]?.kind], [null, 'leftovers']);
  });

  it('gives the children of a leader that ends at once the rest of its time', async () => {
    const child = 'trap "sleep 0.2; echo tidied; exit 0" TERM; echo up; while :; do sleep 0.05; done';
    const { caged } = start(`sh -c '${child}' & wait`, { graceMs: 5000 });
    await ready(caged);
    await caged.stop({ kind: 'cancelled' });
    assert.ok((await caged.finished).wallMs < 5000);
    assert.match(caged.output.result().text, /tidied/);
  });

  it('tells of what it leaves: who started it, since when, and where it can be reached', async () => {
    const ready = 'fs.writeFileSync("/tmp/"+process.env.MARK,"")';
    const listen = `require("net").createServer().listen(0,"127.0.0.1",()=>${ready})`;
    const wait = 'while [ ! -e "/tmp/$MARK" ]; do sleep 0.05; done; rm "/tmp/$MARK"';
    const { caged } = start(`node -e '${listen}' & ${wait}; sleep 0.5`);
    const { leftovers } = await caged.finished;
    const [left] = leftovers;
    assert.equal(leftovers.length, 1);
    assert.match(left?.listensAt?.join() ?? '', /^tcp 127\.0\.0\.1:\d+$/);
    assert.match(left?.startedBy?.join() ?? '', /sh/);
    assert.ok(left!.ageMs! >= 400 && left!.ageMs! < 20_000, `${left!.ageMs} ms`);
  });

  it('stands still while it is frozen, and goes on when it is thawed', async () => {
    const { caged } = start('echo up; while :; do echo tick; sleep 0.02; done');
    await ready(caged);
    await caged.freeze();
    await pause(100);
    const before = caged.output.result().text;
    await pause(400);
    assert.equal(caged.output.result().text, before);
    caged.thaw();
    await pause(400);
    assert.notEqual(caged.output.result().text, before);
    await caged.stop({ kind: 'cancelled' }, true);
    await caged.finished;
  });

  it('leaves stopped what had stopped itself, when it is thawed', async function () {
    const { caged } = start('sh -c "kill -STOP \\$\\$; echo woken" & sleep 0.3; echo up; sleep 60');
    await ready(caged);
    await caged.freeze();
    caged.thaw();
    await pause(300);
    assert.doesNotMatch(caged.output.result().text, /woken/);
    await caged.stop({ kind: 'cancelled' }, true);
    assert.deepEqual((await caged.finished).survivors, []);
  });

  it('is killed while it is frozen, and asked first if there is time', async () => {
    for (const hard of [true, false]) {
      const { caged } = start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done', {
        graceMs: 5000,
      });
      await ready(caged);
      await caged.freeze();
      await caged.stop({ kind: 'cancelled' }, hard);
      const { survivors, wallMs } = await caged.finished;
      assert.deepEqual([survivors, wallMs < 5000], [[], true]);
      assert.equal(caged.output.result().text.includes('bye'), !hard);
    }
  });

  it('is not kept waiting by a leftover that holds its output', async () => {
    const { caged } = start('setsid sleep 60 & echo done');
    const { wallMs } = await caged.finished;
    assert.ok(wallMs < 5000, `took ${wallMs} ms`);
    assert.match(caged.output.result().text, /done/);
  });

  it('is not kept waiting by a leftover that goes on chattering', async () => {
    const { caged } = start('(while :; do echo noise; sleep 0.01; done) & echo done');
    const { wallMs, leftovers } = await caged.finished;
    assert.ok(wallMs < 5000, `took ${wallMs} ms`);
    assert.ok(leftovers.length > 0);
  });

  it('gets SIGTERM and its grace first, and notes the reason before the signal', async () => {
    const { caged, stops } = start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done');
    await ready(caged);
    await caged.stop({ kind: 'cancelled' });
    assert.deepEqual(stops, [{ kind: 'cancelled' }]);
    const evidence = await caged.finished;
    assert.match(caged.output.result().text, /bye/);
    assert.equal(evidence.ignoredSigterm, false);
  });

  it('is killed when it ignores SIGTERM', async () => {
    const { caged } = start('trap "" TERM; echo up; while :; do sleep 0.05; done');
    await ready(caged);
    await caged.stop({ kind: 'timeout', limit: 'test', ms: 1 });
    const evidence = await caged.finished;
    assert.equal(evidence.ignoredSigterm, true);
    assert.equal(evidence.stop?.kind, 'timeout');
  });

  it('is killed at once when the stop is hard', async () => {
    const { caged } = start('trap "" TERM; echo up; while :; do sleep 0.05; done', { graceMs: 60_000 });
    await ready(caged);
    await caged.stop({ kind: 'cancelled' }, true);
    assert.ok((await caged.finished).wallMs < 10_000);
  });

  it('does not wait out a long grace when a second stop is hard', async () => {
    const { caged } = start('trap "" TERM; echo up; while :; do sleep 0.05; done', { graceMs: 60_000 });
    await ready(caged);
    void caged.stop({ kind: 'cancelled' });
    await caged.stop({ kind: 'cancelled' }, true);
    assert.ok((await caged.finished).wallMs < 10_000);
  });

  it('cannot outrun its killing by forking', async () => {
    const bomb = 'i=0; while [ $i -lt 100 ]; do sleep 60 & i=$((i+1)); done; echo up; wait';
    const { caged } = start(bomb);
    await new Promise(resolve => setTimeout(resolve, 300));
    await caged.stop({ kind: 'cancelled' }, true);
    const { maxProcesses, survivors } = await caged.finished;
    assert.deepEqual(survivors, []);
    if (hard) assert.ok(maxProcesses <= 64, `${maxProcesses} processes under a cap of 64`);
  });

  it('is killed even when its processes are stopped', async () => {
    const { caged } = start('sleep 60 & kill -STOP $!; echo up; wait');
    await ready(caged);
    await caged.stop({ kind: 'cancelled' });
    assert.deepEqual((await caged.finished).survivors, []);
  });
});
