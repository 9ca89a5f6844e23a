import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServiceObject, ServiceSpec } from '../../../../../crds/rules/request/service.ts';
import { errorWithCauses } from '../../../../../process/redaction.ts';
import {
  type Backend,
  createResolveService,
  followResolveMap,
  type ResolverOptions,
  readResolveMap,
  resolveInCluster,
} from '../../../../../webhook/gateway/proxy/resolve-service.ts';
import { refusalComplaints } from '../../../../kit/messages/good-message.ts';
import { aService, noService, reading, withServiceSpec } from '../../../../kit/objects/service.ts';
import { aFolder } from '../../../../kit/records/store-file.ts';

const ref = { namespace: 'ecase', name: 'ecase' };
const metadata = { name: 'ecase', uid: 'u' };
const spec: ServiceSpec = {
  type: 'ClusterIP',
  selector: { app: 'ecase' },
  clusterIPs: ['10.96.0.7', 'fd00:96::7'],
  ports: [{ port: 80 }, { port: 443, appProtocol: 'https' }],
};

const noCa = () => Promise.reject(new Error('no authority is to be read'));

/** A resolver where everything is in order, unless said otherwise. */
function resolving(change: Partial<ResolverOptions> = {}, said: ServiceSpec = {}) {
  return resolvingOf({ metadata, spec: { ...spec, ...said } }, change);
}

function resolvingOf(service: ServiceObject | undefined, change: Partial<ResolverOptions> = {}) {
  const resolve = createResolveService({
    lookup: () => Promise.resolve([{ address: '10.96.0.7', family: 4 }]),
    lookupWithinMs: 1000,
    own: () => ['10.244.0.5'],
    map: () => new Map(),
    readCa: noCa,
    ...change,
  });
  return ({ namespace, name }: typeof ref, port: number, tls?: Backend['tls']) =>
    resolve({ namespace, ref: { name, port }, reading: { service, handMadeSlices: [] }, tls });
}

const answering = (...addresses: string[]) =>
  resolving({ lookup: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))) });

function saidOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return errorWithCauses(error);
  }
  return expect.unreachable('it was read');
}

describe('the TLS of an application', () => {
  const caRef = { name: 'support-access-application-ca', key: 'ca.crt' };

  it('trusts the authorities that it names, and no others', async () => {
    const asked: unknown[] = [];
    const readCa: ResolverOptions['readCa'] = (...asks) => {
      asked.push(asks);
      return Promise.resolve({ ok: true, ca: ['pem'] });
    };
    const resolved = await resolving({ readCa })(ref, 443, { caRef });
    expect(resolved).toMatchObject({ ok: true, upstream: { tls: true, ca: ['pem'] } });
    expect(asked).toEqual([['ecase', caRef]]);
  });

  it('is not tried where they could not be read, and the detail says why', async () => {
    const readCa = () => Promise.resolve({ ok: false, detail: 'ConfigMap x is missing.' } as const);
    const refusal = { ok: false, reason: 'ServiceUnreachable', detail: 'ConfigMap x is missing.' };
    expect(await resolving({ readCa })(ref, 443, { caRef })).toEqual(refusal);
    await expect(resolving()(ref, 443, { caRef })).rejects.toThrow('no authority is to be read');
  });

  it('is spoken also where the Service does not say so, by the name that it gives', async () => {
    expect(await resolving()(ref, 80, { serverName: 'ecase.internal.example.com' })).toEqual({
      ok: true,
      upstream: { host: '10.96.0.7', port: 80, tls: true, serverName: 'ecase.internal.example.com' },
    });
  });
});

describe('where a Service listens', () => {
  it('is the very address that was judged, not a name that is looked up again', async () => {
    expect(await resolving()(ref, 80)).toEqual({
      ok: true,
      upstream: { host: '10.96.0.7', port: 80, tls: false, serverName: 'ecase.ecase.svc' },
    });
  });

  it('is spoken to by TLS where the Service says so', async () => {
    expect(await resolving()(ref, 443)).toMatchObject({ ok: true, upstream: { tls: true } });
  });

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '10.244.0.5',
    '10.96.0.8',
    'metadata',
    '',
  ])('is never %s, whatever DNS says', async (address) => {
    expect(await answering(address)(ref, 80)).toMatchObject({ ok: false, reason: 'ExternalService' });
    expect(await answering('10.96.0.7', address)(ref, 80)).toMatchObject({ ok: false });
  });

  it.each([
    ['is an ExternalName', { type: 'ExternalName' }, 'ExternalService'],
    ['selects no pods', { selector: {} }, 'ExternalService'],
    ['is headless', { clusterIPs: ['None'] }, 'ExternalService'],
    ['has not this port', { ports: [{ port: 81 }] }, 'NoService'],
  ])('is nowhere when the Service %s', async (_, change, reason) => {
    expect(await resolving({}, change)(ref, 80)).toMatchObject({ ok: false, reason });
  });

  it('is nowhere when its name has no address: an empty host would be dialled as localhost', async () => {
    expect(await answering()(ref, 80)).toEqual({
      ok: false,
      reason: 'ExternalService',
      detail: 'the name of the Service has no address',
    });
  });

  it('is not known when DNS says nothing in time', async () => {
    const lookup = () => new Promise<never>(() => undefined);
    await expect(resolving({ lookup, lookupWithinMs: 20 })(ref, 80)).rejects.toThrow(
      'DNS gave no address of ecase.ecase.svc within 20 ms',
    );
  });

  it.each([[[]], [['None']], [['']]])(
    'is nowhere when its own addresses are %j, and DNS is not asked',
    async (clusterIPs) => {
      const lookup = () => Promise.reject(new Error('DNS was asked'));
      expect(await resolving({ lookup }, { clusterIPs })(ref, 80)).toEqual({
        ok: false,
        reason: 'ExternalService',
        detail:
          'Service ecase has no address of its own, since it is headless; use a Service with a cluster IP.',
      });
    },
  );

  it('is nowhere when there is no Service', async () => {
    expect(await resolvingOf(undefined)(ref, 80)).toMatchObject({ ok: false, reason: 'NoService' });
  });

  it('is what the map says, for Services that are in order all the same', async () => {
    const file = join(aFolder(), 'map.json');
    writeFileSync(file, JSON.stringify({ 'ecase/ecase:80': '127.0.0.1:3000' }));
    const map = followResolveMap(file);
    expect(await resolving({ map })(ref, 80)).toMatchObject({
      ok: true,
      upstream: { host: '127.0.0.1', port: 3000 },
    });
    expect(await resolving({ map }, { type: 'ExternalName' })(ref, 80)).toMatchObject({ ok: false });
  });

  it('is what the map says now: a changed file counts from the next request on', async () => {
    const file = join(aFolder(), 'map.json');
    writeFileSync(file, '{}');
    const resolve = resolving({ map: followResolveMap(file) });
    expect(await resolve(ref, 80)).toMatchObject({ upstream: { host: '10.96.0.7', port: 80 } });
    writeFileSync(file, JSON.stringify({ 'ecase/ecase:80': '127.0.0.1:3000' }));
    expect(await resolve(ref, 80)).toMatchObject({ upstream: { host: '127.0.0.1', port: 3000 } });
  });

  it('is unknown while the map is half written, and known again when it is whole', async () => {
    const file = join(aFolder(), 'map.json');
    writeFileSync(file, '{}');
    const resolve = resolving({ map: followResolveMap(file) });
    writeFileSync(file, '{"ecase/ecase:80": "127.0');
    await expect(resolve(ref, 80)).rejects.toThrow();
    await expect(resolve(ref, 80)).rejects.toThrow();
    writeFileSync(file, JSON.stringify({ 'ecase/ecase:80': '127.0.0.1:3000' }));
    expect(await resolve(ref, 80)).toMatchObject({ upstream: { port: 3000 } });
  });

  it.each([
    'http://127.0.0.1',
    'http://127.0.0.1:80',
    'https://h:80',
    'h',
    'h:',
    ':80',
    'h:80/',
    'h:800000',
    'h:65536',
    'h:0',
    'h:80:81',
    'h 1:80',
  ])('is no map when that says %s', (target) => {
    const file = join(aFolder(), 'map.json');
    writeFileSync(file, JSON.stringify({ 'ecase/ecase:80': target }));
    const text = saidOf(() => readResolveMap(file));
    expect(refusalComplaints({ text, field: '"ecase/ecase:80"', value: target })).toEqual([]);
  });

  it.each([
    ['null', 'must hold one JSON object'],
    ['"ecase"', 'must hold one JSON object'],
    ['[]', 'must hold one JSON object'],
    ['', 'must be JSON'],
    ['ecase/ecase:80: 127.0.0.1:3000', 'must be JSON'],
    ['{"ecase": "127.0.0.1:3000"}', '"ecase" must be namespace/name:port'],
    ['{"ecase/ecase:x": "127.0.0.1:3000"}', '"ecase/ecase:x" must be namespace/name:port'],
    ['{"ecase/ecase:70000": "127.0.0.1:3000"}', '"ecase/ecase:70000" must be namespace/name:port'],
    ['{"ecase/ecase:80": 3000}', '"ecase/ecase:80" is "3000" and must be a host and a port'],
    ['{"ecase/ecase:80": null}', '"ecase/ecase:80" is "null" and must be a host and a port'],
  ])('is no map when that is %s, which is told with an example', (json, says) => {
    const file = join(aFolder(), 'map.json');
    writeFileSync(file, json);
    const text = saidOf(() => readResolveMap(file));
    expect(refusalComplaints({ text })).toEqual([]);
    expect(text).toContain(says);
    expect(text).toContain('for example');
  });

  it.each([
    ['https', true],
    ['kubernetes.io/https', true],
    ['http', false],
    ['kubernetes.io/wss', false],
    ['HTTPS', false],
    [undefined, false],
  ])('is spoken to by TLS for the protocol %s: %s', async (appProtocol, tls) => {
    const ports = [
      { port: 81, appProtocol: tls ? 'http' : 'https' },
      { port: 80, ...(appProtocol === undefined ? {} : { appProtocol }) },
    ];
    expect(await resolving({}, { ports })(ref, 80)).toMatchObject({ ok: true, upstream: { tls } });
  });
});

const backend = { namespace: 'ecase', ref: { name: 'ecase', port: 80 } };

function aMap(target: string): string {
  const file = join(aFolder(), 'map.json');
  writeFileSync(file, JSON.stringify({ 'ecase/ecase:80': target }));
  return file;
}

describe('a Service of the cluster', () => {
  it('is where the map says, if there is a map', async () => {
    const resolve = resolveInCluster(aMap('127.0.0.1:3000'), noCa);
    expect(await resolve({ ...backend, reading: reading() })).toMatchObject({
      ok: true,
      upstream: { host: '127.0.0.1', port: 3000 },
    });
  });

  it('needs no map: one without an address of its own is refused before DNS is asked', async () => {
    const service = aService(withServiceSpec({ clusterIPs: ['None'] }));
    expect(await resolveInCluster(undefined, noCa)({ ...backend, reading: reading(service) })).toMatchObject({
      ok: false,
      reason: 'ExternalService',
    });
  });

  it('is none where the decision has read none', async () => {
    const resolve = resolveInCluster(aMap('127.0.0.1:3000'), noCa);
    expect(await resolve({ ...backend, reading: noService })).toMatchObject({
      ok: false,
      reason: 'NoService',
    });
  });
});
