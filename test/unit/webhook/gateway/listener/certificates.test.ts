import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkedAtKey, checkedEveryMs } from '../../../../../crds/rules/request/tls-secrets.ts';
import { Certificates } from '../../../../../webhook/gateway/listener/certificates.ts';
import { pairIn } from '../../../../../webhook/gateway/listener/tls-pair.ts';
import {
  changeOf,
  createCertificateLoader,
} from '../../../../../webhook/gateway/listener/told-certificates.ts';
import { type Credential, createAuthority } from '../../../../kit/control-plane/pki.ts';
import { noon } from '../../../../kit/objects/grant-world.ts';
import { toldAt } from '../../../../kit/objects/told-certificates.ts';

let pair: Credential;
let other: Credential;
let long: Credential;

beforeAll(async () => {
  const authority = await createAuthority('the customer’s authority');
  [pair, other, long] = await Promise.all([
    authority.issueLoopbackServer(['ecase.localhost']),
    authority.issueLoopbackServer(['other.localhost']),
    authority.issueLoopbackServer(
      Array.from({ length: 800 }, (_, index) => `h${index}.${'x'.repeat(40)}.example`),
    ),
  ]);
});

const day = 86_400_000;

const read = (certificate: string, key: string) =>
  pairIn({
    'tls.crt': Buffer.from(certificate).toString('base64'),
    'tls.key': Buffer.from(key).toString('base64'),
  });

describe('a TLS Secret', () => {
  it('gives a pair, also with more certificates behind the first', () => {
    const chain = `${pair.certificate}\n${other.certificate}`;
    expect(read(chain, pair.key)).toMatchObject({
      certificate: { subjectAltName: expect.stringContaining('ecase') },
    });
  });

  it('is refused by what is wrong with it, and never in words that could quote a key', () => {
    const locked = createPrivateKey(pair.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const weak = generateKeyPairSync('rsa', { modulusLength: 512 });
    expect([
      pairIn(undefined),
      pairIn({}),
      read('no PEM', pair.key),
      read(pair.key, pair.key),
      read(pair.certificate, ''),
      read(pair.certificate, pair.certificate),
      read(pair.certificate, String(locked)),
      read(pair.certificate, other.key),
      read(`${other.certificate}\n${pair.certificate}`, pair.key),
      read(pair.certificate, weak.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
      read(long.certificate, long.key),
    ]).toEqual([
      'NoCertificate',
      'NoCertificate',
      'NoCertificate',
      'NoCertificate',
      'NoKey',
      'NoKey',
      'NoKey',
      'KeyDiffers',
      'KeyDiffers',
      'KeyDiffers',
      'Unusable',
    ]);
  });
});

describe('the end that the metric tells', () => {
  it('is the first of all that are served, and none before there is one', async () => {
    const authority = await createAuthority('the customer’s authority');
    const ends = [noon + 20 * day, noon + 10 * day];
    const secrets = await Promise.all(
      ends.map(async (end, at) => {
        const dates = { notBefore: new Date(noon - day), notAfter: new Date(end) };
        const made = await authority.issueLoopbackServer([`h${at}.localhost`], dates);
        const [crt, key] = [made.certificate, made.key].map((pem) => Buffer.from(pem).toString('base64'));
        return {
          metadata: { uid: `u${at}`, resourceVersion: '1' },
          data: { 'tls.crt': crt, 'tls.key': key },
        };
      }),
    );
    const certificates = new Certificates({
      client: {
        get: <T>(_: unknown, { name }: { readonly name: string }) =>
          Promise.resolve(secrets[Number(name)] as T),
      },
      namespace: 'support-access',
      names: () => ['0', '1'],
      now: () => noon,
      onFailure: () => undefined,
    });
    expect(certificates.firstEnd).toBeUndefined();
    expect(certificates.defaultFor('h1.localhost')).toBeUndefined();
    await certificates.refresh();
    expect(certificates.firstEnd).toBe(noon + 10 * day);
    // For clients that name no host: the support host's, else the first of the policy.
    expect(certificates.defaultFor('h1.localhost')?.certificate.subjectAltName).toContain('h1.localhost');
    expect(certificates.defaultFor('elsewhere.localhost')?.certificate.subjectAltName).toContain(
      'h0.localhost',
    );
    expect(certificates.defaultFor(undefined)?.certificate.subjectAltName).toContain('h0.localhost');
  });
});

describe('what is told of the certificates', () => {
  const entries = { tls: 'PEM', other: 'Missing' };

  it('is written once, by whichever replica comes first', () => {
    const first = changeOf({}, entries, noon);
    expect(first).toEqual(toldAt(noon, entries).data);
    expect(changeOf(first as Record<string, string>, entries, noon + 5000)).toBeUndefined();
  });

  it('names what differs alone, and takes away what the policy names no more', () => {
    const told = toldAt(noon, { tls: 'PEM', other: 'Missing', gone: 'PEM' }).data;
    expect(changeOf(told, { ...entries, other: 'Forbidden' }, noon + 1000)).toEqual({
      other: 'Forbidden',
      gone: null,
      [checkedAtKey]: '2026-12-01T12:00:01.000Z',
    });
  });

  it('is said again every half minute, also when the time there is from a clock that was ahead or cannot be read', () => {
    const told = toldAt(noon, entries).data;
    const again = { [checkedAtKey]: expect.any(String) };
    expect(changeOf(told, entries, noon + checkedEveryMs - 1)).toBeUndefined();
    expect(changeOf(told, entries, noon + checkedEveryMs)).toEqual(again);
    expect(changeOf(told, entries, noon - checkedEveryMs)).toEqual(again);
    expect(changeOf({ ...told, [checkedAtKey]: 'soon' }, entries, noon)).toEqual(again);
  });
});

describe('what is told of Services', () => {
  it('stands beside the certificates, and goes when it is so no more', async () => {
    const data: Record<string, string> = {};
    let backends: Record<string, string> = { 'Backend.ecase.ecase': 'OnItsNode' };
    const loader = createCertificateLoader({
      client: {
        get: async () => Promise.resolve({ metadata: { resourceVersion: '1' }, data: { ...data } } as never),
        mergePatch: async (_resource, _ref, { patch }) => {
          const change = (patch as { data: Record<string, string | null> }).data;
          for (const [key, entry] of Object.entries(change)) {
            if (entry === null) delete data[key];
            else data[key] = entry;
          }
          return Promise.resolve({} as never);
        },
      },
      namespace: 'support-access',
      certificates: { refresh: async () => Promise.resolve(), entries: () => ({ tls: 'PEM' }) },
      beside: () => Promise.resolve(backends),
      isPolicyKnown: () => true,
      now: () => noon,
    });
    await loader.load();
    expect(data).toMatchObject({ tls: 'PEM', 'Backend.ecase.ecase': 'OnItsNode' });
    backends = {};
    await loader.load();
    expect(Object.keys(data).toSorted()).toEqual([checkedAtKey, 'tls']);
  });
});

describe('a gateway that starts', () => {
  /** A loader whose policy becomes known, and whose Secrets are answered about, when the test says so. */
  function aLoader() {
    const world = { isPolicyKnown: false, isAnswered: true };
    const loader = createCertificateLoader({
      client: {
        get: async () => Promise.reject(new Error('no ConfigMap yet')),
        mergePatch: async () => Promise.reject(new Error('not asked for')),
      },
      namespace: 'support-access',
      certificates: {
        refresh: async () => undefined,
        entries: () => (world.isAnswered ? {} : undefined),
      },
      beside: () => Promise.resolve({}),
      isPolicyKnown: () => world.isPolicyKnown,
      now: () => noon,
    });
    const loaded = async (change: Partial<typeof world> = {}): Promise<boolean> => {
      Object.assign(world, change);
      await Promise.allSettled([loader.load()]);
      return loader.isLoaded();
    };
    return { loader, loaded };
  }

  it('is not ready before the Secrets of the policy were looked at, as it would refuse each handshake', async () => {
    const { loader, loaded } = aLoader();
    expect(loader.isLoaded()).toBe(false);
    expect(await loaded()).toBe(false);
    expect(await loaded({ isPolicyKnown: true, isAnswered: false })).toBe(false);
    expect(await loaded({ isAnswered: true })).toBe(true);
  });

  it('stays ready when a later look has no answer, since it serves what it had', async () => {
    const { loaded } = aLoader();
    expect(await loaded({ isPolicyKnown: true })).toBe(true);
    expect(await loaded({ isAnswered: false })).toBe(true);
  });
});
