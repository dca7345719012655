import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { addressText, listeningAt } from '../../../src/cages/sockets.ts';

describe('where a process can be reached', () => {
  it('is read from the kernel, port by port', async function () {
    if (process.platform !== 'linux') this.skip(); // reads /proc
    const server = createServer().listen(0, '127.0.0.1');
    const datagrams = createSocket('udp4').bind(0, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(datagrams, 'listening')]);
    const [tcp, udp] = [(server.address() as AddressInfo).port, datagrams.address().port];
    const found = listeningAt(process.pid);
    server.close();
    datagrams.close();
    assert.ok(found.includes(`tcp 127.0.0.1:${tcp}`), found.join());
    assert.ok(found.includes(`udp 127.0.0.1:${udp}`), found.join());
    assert.deepEqual(listeningAt(0x7fffffff), []);
  });

  it('is written as everybody writes it', () => {
    assert.equal(addressText('0100007F:0BB8'), '127.0.0.1:3000');
    assert.equal(addressText('00000000000000000000000001000000:0BB8'), '[::1]:3000');
    assert.equal(addressText('00000000000000000000000000000000:0050'), '[::]:80');
  });
});
