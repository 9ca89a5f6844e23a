import { X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  certificateFor,
  certificateObjection,
  nextCertificateChange,
  secretObjection,
} from '../../../../../crds/rules/request/host-certificate.ts';
import {
  checkedAtKey,
  secretFlaws,
  silentAfterMs,
  tellsNews,
} from '../../../../../crds/rules/request/tls-secrets.ts';
import { type Authority, createAuthority } from '../../../../kit/control-plane/pki.ts';
import { noon } from '../../../../kit/objects/grant-world.ts';
import { certificateAt, toldAt } from '../../../../kit/objects/told-certificates.ts';

const host = 'ecase.apps.example.com';
let authority: Authority;
const pem: Record<string, string> = {};

beforeAll(async () => {
  authority = await createAuthority('the customer’s authority');
  const make = async (key: string, names: string[], lasts?: number) => {
    pem[key] = await certificateAt(authority, names, {
      now: noon,
      ...(lasts === undefined ? {} : { lasts }),
    });
  };
  await Promise.all([
    make('exact', [host]),
    make('wildcard', ['*.apps.example.com']),
    make('two up', ['*.example.com']),
    make('suffix', ['apps.example.com']),
    make('partial', ['e*.apps.example.com']),
    make('support', ['support.example.com']),
    make('expired', [host], -1000),
    make(
      'many',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.other.example`),
    ),
  ]);
});

const gatewayOf = (...names: string[]) => ({
  host: 'support.example.com',
  tlsSecretRefs: names.map((name) => ({ name })),
});

/** Secrets by name, in the policy's order; a value that is a key of `pem` is that certificate. */
function worldOf(entries: Readonly<Record<string, string>>, names = Object.keys(entries), at = noon) {
  const told = Object.fromEntries(Object.entries(entries).map(([name, one]) => [name, pem[one] ?? one]));
  return { gateway: gatewayOf(...names), told: toldAt(at, told).data };
}

const objectionTo = (entries: Readonly<Record<string, string>>, names?: string[]) =>
  certificateObjection(host, worldOf(entries, names), noon);

describe('a host', () => {
  it.each(['exact', 'wildcard'])('has a certificate by one that is %s', (one) => {
    expect(objectionTo({ tls: one })).toBeUndefined();
  });

  it.each(['two up', 'suffix', 'partial', 'support'])('has none by one that is for %s', (one) => {
    expect(objectionTo({ tls: one })).toMatchObject({ reason: 'NoCertificate' });
  });

  it('is told which names there are, and which to ask for', () => {
    expect(objectionTo({ tls: 'many' })?.message).toBe(
      `There is no certificate for ${host}; issue one that names ${host} or *.apps.example.com. ` +
        'Secret tls is for localhost, a.other.example, b.other.example, c.other.example, d.other.example and 3 more',
    );
    expect(objectionTo({})?.message).toContain('spec.gateway.tlsSecretRefs');
  });

  it('is told of a certificate that has expired, unless another Secret has a valid one', () => {
    expect(objectionTo({ tls: 'expired' })).toMatchObject({
      reason: 'CertificateExpired',
      message: expect.stringContaining('Secret tls expired at 2026-12-01T11:59:59.000Z; renew'),
    });
    expect(objectionTo({ tls: 'expired', wild: 'wildcard' })).toBeUndefined();
  });

  it('is told of a certificate that is not valid yet', () => {
    const early = noon - 3 * 86_400_000;
    const world = worldOf({ tls: 'exact' }, ['tls'], early);
    expect(certificateObjection(host, world, early)).toMatchObject({
      reason: 'NoCertificate',
      message: expect.stringContaining('is valid only from 2026-11-29T12:00:00.000Z'),
    });
  });

  it.each(Object.entries(secretFlaws))('is told that its Secret is %s, with the way out', (flaw, words) => {
    expect(objectionTo({ tls: flaw })).toEqual({
      reason: 'CertificateUnreadable',
      message: `There is no certificate for ${host}. Secret tls: ${words}`,
    });
    expect(objectionTo({ tls: flaw, wild: 'wildcard' })).toBeUndefined();
    expect(secretObjection(worldOf({ tls: flaw, wild: 'wildcard' }), noon)?.message).toBe(
      `Secret tls: ${words}`,
    );
  });

  it('names the chart’s value where the gateway may not read the Secret', () => {
    expect(objectionTo({ tls: 'Forbidden' })?.message).toContain("chart's value gateway.tlsSecretNames");
  });

  it.each([
    '',
    'Usable',
    'toString',
    '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----',
    'x'.repeat(900_000),
  ])('has none by an entry that no gateway writes (%#)', (entry) => {
    expect(objectionTo({ tls: entry })).toMatchObject({ reason: 'GatewaySilent' });
  });

  it('has none by a Secret that no gateway has spoken of, and by one that the policy does not name', () => {
    expect(objectionTo({}, ['new'])).toMatchObject({ reason: 'GatewaySilent' });
    expect(objectionTo({ tls: 'exact' }, [])).toMatchObject({ reason: 'NoCertificate' });
  });
});

describe('what gateways told', () => {
  it('counts while they go on telling, and two minutes longer', () => {
    const world = worldOf({ tls: 'exact' });
    const objectionAt = (now: number) => certificateObjection(host, world, now)?.reason;
    expect(objectionAt(noon + silentAfterMs)).toBeUndefined();
    expect(nextCertificateChange(world, noon)).toBe(noon + silentAfterMs + 1);
    expect(objectionAt(noon + silentAfterMs + 1)).toBe('GatewaySilent');
    expect(objectionAt(noon - silentAfterMs - 1)).toBe('GatewaySilent');
    expect(certificateObjection(host, world, noon + silentAfterMs + 1)?.message).toBe(
      'No gateway has told since 2026-12-01T12:00:00.000Z which certificates it has; see that the pods of Deployment support-access-gateway run',
    );
  });

  it.each([undefined, '', 'yesterday'])('does not count without a time that can be read (%j)', (time) => {
    const { gateway, told } = worldOf({ tls: 'exact' });
    const { [checkedAtKey]: _, ...entries } = told;
    const changed = time === undefined ? entries : { ...entries, [checkedAtKey]: time };
    expect(certificateObjection(host, { gateway, told: changed }, noon)?.reason).toBe('GatewaySilent');
    expect(certificateObjection(host, { gateway, told: undefined }, noon)?.reason).toBe('ApplyFailed');
  });

  it('is looked at again when a certificate ends', async () => {
    const soon = await certificateAt(authority, [host], { now: noon, lasts: 60_000 });
    const world = worldOf({ tls: soon });
    const at = nextCertificateChange(world, noon) ?? 0;
    expect(at).toBe(noon + 60_000);
    expect(certificateObjection(host, world, at - 1)).toBeUndefined();
    expect(certificateObjection(host, world, at)?.reason).toBe('CertificateExpired');
  });

  it('is news where an entry differs or after a silence, and not when a gateway looked again', () => {
    const before = toldAt(noon, { tls: 'Missing' }).data;
    expect(tellsNews(before, toldAt(noon + 40_000, { tls: 'Missing' }).data)).toBe(false);
    for (const after of [
      toldAt(noon + 40_000, { tls: 'Forbidden' }).data,
      toldAt(noon + 40_000, {}).data,
      toldAt(noon + silentAfterMs, { tls: 'Missing' }).data,
      { tls: 'Missing' },
      undefined,
    ])
      expect(tellsNews(before, after)).toBe(true);
    expect(tellsNews(undefined, before)).toBe(true);
  });
});

describe('the choice of a certificate', () => {
  it('is one that a client takes, whenever there is one, and status and listener choose alike', () => {
    const hosts = [
      host,
      'a.apps.example.com',
      'apps.example.com',
      'support.example.com',
      'a.b.apps.example.com',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...hosts),
        fc.array(fc.constantFrom(...Object.keys(pem)), { maxLength: 4 }),
        (name, keys) => {
          const pairs = keys.map((key) => ({ key, certificate: new X509Certificate(pem[key] ?? '') }));
          const chosen = certificateFor(name, pairs, noon);
          // Node takes a wildcard for a part of a label, which no browser does.
          const isTaken = ({ key, certificate }: (typeof pairs)[number]) =>
            !['expired', 'partial'].includes(key) &&
            checkServerIdentity(name, certificate.toLegacyObject()) === undefined;
          expect(chosen !== undefined && isTaken(chosen)).toBe(pairs.some(isTaken));
          const entries = Object.fromEntries(keys.map((key, index) => [`tls-${index}`, key]));
          const world = worldOf(entries);
          expect(certificateObjection(name, world, noon) === undefined).toBe(pairs.some(isTaken));
        },
      ),
      { numRuns: 200 },
    );
  });
});
