import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { endEverything, identities, Kept } from './kept.ts';
import { programsOrSkip, skip, type Programs } from './programs.ts';

for (const as of identities) {
  describe(`keeper: namespaces (as ${as.label})`, () => {
    let programs: Programs;
    before(async function () {
      programs = programsOrSkip(this);
      const probe = new Kept({ keeper: programs.keeper, options: ['--pidns'], as, command: ['true'] });
      await probe.exited;
      const failed = probe.events.find(({ event }) => event === 'spawn-failed');
      if (failed) skip(this, `no namespaces here: ${String(failed['message'])}`);
    });
    afterEach(endEverything);

    async function run(options: string[], script: string): Promise<string> {
      const kept = new Kept({ keeper: programs.keeper, options, as, command: ['sh', '-c', script] });
      await kept.event('done');
      await kept.closed;
      return kept.output.trim();
    }

    it('--pidns: sees itself and its init alone, in a /proc of its own', async () => {
      const output = await run(['--pidns'], 'echo $$; ls -d /proc/[0-9]* | wc -l; cat /proc/1/comm');
      assert.match(output, /^2\n[234]\nkeeper$/);
    });

    it('--pidns: keeps its user, its group and its folder', async () => {
      const { uid = 0, gid = 0 } = as.ids;
      assert.equal(await run(['--pidns'], 'id -u; id -g; pwd'), `${uid}\n${gid}\n${process.cwd()}`);
    });

    it('--uid-map root: looks like root to itself and still is not', async () => {
      const output = await run(
        ['--pidns', '--uid-map', 'root'],
        'id -u; touch /proc/sys/kernel/hostname 2>/dev/null; cat /proc/self/uid_map',
      );
      assert.match(output, new RegExp(`^0\\n\\s+0\\s+${as.ids.uid ?? 0}\\s+1$`));
    });

    it('--pidns: nobody inside can signal its init to death', async () => {
      const output = await run(['--pidns'], 'kill -9 1; kill -15 1; kill -10 1; kill -19 1; sleep 0.05; echo alive');
      assert.match(output, /alive$/);
    });

    for (const extra of [[], ['--pidns']]) {
      it(`--tmpfs ${extra.join()}: is as large as it was said and gone afterwards`, async () => {
        const folder = mkdtempSync(join(programs.folder, 'mount-'));
        chmodSync(folder, 0o777);
        const script = `cd ${folder}; head -c 4000000 /dev/zero > a; wc -c < a; rm a; touch seen; ls`;
        const output = await run([...extra, '--tmpfs', `${folder}:1048576`], script);
        assert.match(output, /No space left on device\n1048576\nseen$/);
        assert.deepEqual(readdirSync(folder), [], 'nothing was written outside');
      });

      it(`--overlay ${extra.join()}: what is written to a folder is gone with it, and counts with the rest`, async () => {
        const [folder, covered] = ['mount-', 'odd, name: '].map(name => mkdtempSync(join(programs.folder, name)));
        assert.ok(folder && covered);
        const beneath = join(covered, 'beneath');
        mkdirSync(beneath);
        for (const path of [folder, covered, beneath]) chmodSync(path, 0o777);
        for (const name of ['old', 'removed', 'beneath/old']) writeFileSync(join(covered, name), 'before');
        // A file of a user who is not known in the namespace cannot be changed there, whatever its mode says.
        const { uid = 0, gid = 0 } = as.ids;
        for (const name of ['', 'old', 'removed', 'beneath', 'beneath/old']) chownSync(join(covered, name), uid, gid);
        const script = [
          'pwd',
          'cat old; echo after > old; rm removed; rm -r beneath; mkdir beneath; ls -a beneath | wc -l',
          'head -c 600000 /dev/zero > a; head -c 600000 /dev/zero > "$1/b"; cat "$1/b" a | wc -c',
          'ls; ls "$1"',
        ].join('\n');
        const kept = new Kept({
          keeper: programs.keeper,
          options: [...extra, '--tmpfs', `${folder}:1048576`, '--overlay', covered],
          as,
          cwd: covered,
          command: ['sh', '-c', script, 'sh', folder],
        });
        await kept.event('done');
        await kept.closed;
        const lines = kept.output.trim().split('\n');
        assert.deepEqual(lines.slice(0, 2), [covered, 'before2']);
        assert.match(kept.output, /No space left on device/);
        const both = Number(lines.find(line => /^\d{6,}$/.test(line)));
        assert.ok(both > 900_000 && both <= 1_048_576, `${both} bytes in a disk of 1048576`);
        assert.deepEqual(lines.slice(-4), ['a', 'beneath', 'old', 'b']);
        assert.deepEqual([readdirSync(folder), readdirSync(covered).sort()], [[], ['beneath', 'old', 'removed']]);
        assert.deepEqual(
          ['old', 'beneath/old'].map(name => readFileSync(join(covered, name), 'utf8')),
          ['before', 'before'],
        );
      });

      it(`--through ${extra.join()}: a part of the folder stays as it is, and so does its content`, async () => {
        const [folder, covered] = ['mount-', 'covered-'].map(name => mkdtempSync(join(programs.folder, name)));
        assert.ok(folder && covered);
        const through = join(covered, 'kept');
        mkdirSync(through);
        for (const path of [folder, covered, through]) chmodSync(path, 0o777);
        const options = [...extra, '--tmpfs', `${folder}:1048576`, '--overlay', covered, '--through', through];
        await run(options, `echo lost > ${covered}/lost; echo kept > ${through}/file`);
        assert.deepEqual([readdirSync(covered), readdirSync(through)], [['kept'], ['file']]);
      });

      it(`--netns ${extra.join()}: has a loopback of its own and nothing else`, async () => {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const script = [
          'import socket',
          's = socket.create_server(("127.0.0.1", 0)); socket.create_connection(s.getsockname()); print("inside")',
          'print(",".join(name for _, name in socket.if_nameindex() if name == "lo" or not name.startswith(("tunl", "sit", "ifb", "gre", "ip6", "ip_"))))',
          `print(socket.socket().connect_ex(("127.0.0.1", ${port})))`,
          'print(socket.socket().connect_ex(("192.0.2.1", 80)))',
        ].join('\n');
        const kept = new Kept({
          keeper: programs.keeper,
          options: [...extra, '--netns'],
          as,
          command: ['/usr/bin/env', 'python3', '-c', script],
        });
        await kept.event('done');
        await kept.closed;
        server.close();
        // 111: refused, because nobody listens on this loopback; 101: the network is unreachable.
        assert.equal(kept.output, 'inside\nlo\n111\n101\n');
      });
    }

    it('a mount that cannot be made stops the launch and says where', async () => {
      const kept = new Kept({
        keeper: programs.keeper,
        options: ['--tmpfs', '/no/such/folder:8192'],
        as,
        command: ['true'],
      });
      const failed = await kept.event('spawn-failed');
      assert.deepEqual([failed['stage'], failed['errno']], ['namespace', 'ENOENT']);
      assert.match(String(failed['message']), /mount tmpfs on \/no\/such\/folder/);
      assert.deepEqual(await kept.exited, { code: 124, signal: null });
    });
  });
}
