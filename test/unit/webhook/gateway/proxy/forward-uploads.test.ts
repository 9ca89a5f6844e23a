/** Who is blamed for a body that does not come to its end: the client that sends it, or upstream. */
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ProxyPolicy } from '../../../../../webhook/gateway/proxy/policy.ts';
import { aGateway, open } from './proxied.ts';

describe('the body of a request', () => {
  const patient: ProxyPolicy = { ...open, bodyLimit: 1000, bodyIdleMs: 200 };
  const sending = { method: 'POST', headers: { 'content-length': '1000' } };
  const taking = () =>
    createServer((incoming, response) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
      incoming.on('error', () => undefined);
      incoming.on('end', () => response.end(`took ${bytes}`));
    });

  it('is ended when its sender stands still, which is not the fault of upstream', async () => {
    const { ask, forwarded } = await aGateway(patient, taking());
    const outgoing = ask(sending);
    outgoing.on('error', () => undefined);
    outgoing.write('x');
    expect(await forwarded).toMatchObject({
      outcome: { upstream: 'cut', status: 408, reason: 'BadRequest' },
      refusal: { status: 408, message: expect.stringContaining('none of it came for 0.2 seconds') },
    });
  });

  it('is ended when upstream takes nothing more, which is its fault', async () => {
    const deaf = createServer((incoming) => incoming.pause());
    const { ask, forwarded } = await aGateway({ ...patient, bodyLimit: 1e9 }, deaf);
    const outgoing = ask({ method: 'POST' });
    outgoing.on('error', () => undefined);
    for (let part = 0; part < 32; part++) outgoing.write(Buffer.alloc(1024 * 1024));
    expect(await forwarded).toMatchObject({
      outcome: { upstream: 'timeout' },
      refusal: { status: 504, reason: 'ServiceUnreachable' },
    });
  });

  it('that its sender breaks off is not blamed on upstream', async () => {
    const { ask, forwarded } = await aGateway(patient, taking());
    const outgoing = ask(sending);
    outgoing.on('error', () => undefined);
    outgoing.write('x', () => outgoing.destroy());
    expect(await forwarded).toEqual({ outcome: { upstream: 'cut', reason: 'ClientGone' } });
  });

  it('whose sender stands still in the middle of a response is blamed on it too', async () => {
    const early = createServer((incoming, response) => {
      incoming.resume();
      response.write('begun');
    });
    const { ask, forwarded } = await aGateway(patient, early);
    const outgoing = ask(sending);
    outgoing.on('error', () => undefined);
    outgoing.on('response', (head) => head.on('error', () => undefined).resume());
    outgoing.write('x');
    expect(await forwarded).toMatchObject({
      outcome: { status: 200, upstream: 'cut', reason: 'BadRequest', bytesOut: 5 },
    });
  });

  it('is no reason to blame upstream when the client of a request without one has left', async () => {
    const silent = createServer(() => outgoing.destroy());
    const { ask, forwarded } = await aGateway(patient, silent);
    const outgoing = ask();
    outgoing.on('error', () => undefined);
    outgoing.end();
    expect(await forwarded).toEqual({ outcome: { upstream: 'cut', reason: 'ClientGone' } });
  });
});
