import { describe, expect, it } from 'vitest';
import {
  authorityLifetime,
  fits,
  type KeyedCertificate,
  makeAuthority,
  makeLeaf,
  readKeyed,
} from '../../../../../webhook/in-cluster/admission/authority.ts';
import {
  overlap,
  planCertificates,
  renewalAt,
} from '../../../../../webhook/in-cluster/admission/certificate-schedule.ts';

const start = Date.parse('2026-12-01T00:00:00Z');

/** An authority as the schedule sees it: only its times matter. */
const authority = (notBefore: number, lifetime = authorityLifetime): KeyedCertificate => ({
  certificate: `from ${notBefore}`,
  key: '',
  notBefore,
  notAfter: notBefore + lifetime,
});

describe('which certificates are due', () => {
  it('makes a first authority that may sign at once, since nobody trusts another yet', () => {
    const plan = planCertificates([], start);
    expect(plan).toEqual({ keep: [], newAuthorityFrom: start - overlap });
    const first = authority(start - overlap);
    expect(planCertificates([first], start)).toEqual({ keep: [first], signer: first });
  });

  const first = authority(start);
  const due = renewalAt(first);
  it.each([
    ['the instant before two thirds of its life are over', due - 1, undefined],
    ['at that instant', due, due],
    ['the instant after', due + 1, due + 1],
  ])('asks for the next authority: %s', (_, now, from) => {
    expect(planCertificates([first], now).newAuthorityFrom).toBe(from);
  });

  const next = authority(due);
  it.each([
    ['the old one signs while the new one is only announced', due + overlap - 1, first],
    ['the new one signs once it has been known for the overlap', due + overlap, next],
  ])('changes the signer after the overlap: %s', (_, now, signer) => {
    expect(planCertificates([first, next], now).signer).toBe(signer);
  });

  it.each([
    ['still published one overlap after the change', due + 2 * overlap - 1, [first, next]],
    ['gone after it', due + 2 * overlap, [next]],
  ])('keeps the authority before for leaves that are still in use: %s', (_, now, keep) => {
    expect(planCertificates([first, next], now).keep).toEqual(keep);
  });

  it('starts anew when every authority has expired', () => {
    expect(planCertificates([first], first.notAfter)).toEqual({
      keep: [],
      newAuthorityFrom: first.notAfter - overlap,
    });
  });

  it('never leaves a moment without a signer over ten years of looking once an hour', () => {
    let held: readonly KeyedCertificate[] = [];
    for (let now = start; now < start + 10 * authorityLifetime; now += 3_600_000) {
      const plan = planCertificates(held, now);
      const made = plan.newAuthorityFrom === undefined ? [] : [authority(plan.newAuthorityFrom)];
      held = [...plan.keep, ...made];
      const signer = plan.signer ?? made[0];
      expect(signer && signer.notBefore <= now && now < signer.notAfter).toBe(true);
      expect(held.length).toBeLessThanOrEqual(2);
    }
  });
});

describe('a leaf', () => {
  const span = { notBefore: start, notAfter: start + authorityLifetime };
  const names = ['support-access-webhook.support-access.svc', '127.0.0.1'];

  it('fits its authority and the names it was made for, and no others', async () => {
    const [signer, other] = await Promise.all([makeAuthority(span), makeAuthority(span)]);
    const leaf = await makeLeaf(signer, { ...span, names });
    expect(await fits(leaf, { authority: signer, names })).toBe(true);
    expect(await fits(leaf, { authority: other, names })).toBe(false);
    expect(await fits(leaf, { authority: signer, names: [...names, 'other.example'] })).toBe(false);
  });

  it('never outlives its authority', async () => {
    const signer = await makeAuthority(span);
    const leaf = await makeLeaf(signer, { notBefore: start, notAfter: span.notAfter + 1000, names });
    expect(leaf.notAfter).toBe(span.notAfter);
  });

  it('is made anew when what lies there cannot be read', () => {
    expect(readKeyed('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'key')).toBeUndefined();
    expect(readKeyed('', 'key')).toBeUndefined();
    expect(readKeyed('certificate', undefined)).toBeUndefined();
  });
});
