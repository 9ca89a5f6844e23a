/** What is told before it happens, each thing under one key however often it is looked at. */
import { describe, expect, it } from 'vitest';
import { draftsAhead } from '../../../../operator/notices/ahead.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';

const end = Date.parse('2026-12-03T08:00:00Z');
const hour = 3_600_000;
const open = { ...aGrant(), status: { activeReason: 'Open' } } as never;
const draft = (now: number, change = {}) =>
  draftsAhead({ grants: [open], policy: undefined, expiringSoonMs: hour, ...change }, now);

describe('C42-5 told ahead', () => {
  it.each([
    ['a moment too early', end - hour - 1, 0],
    ['as early as the policy says', end - hour, 1],
    ['just before the end', end - 1, 1],
    ['at the end', end, 0],
  ])('a grant that ends: %s', (_when, now, count) => {
    const drafts = draft(now);
    expect(drafts).toHaveLength(count);
    for (const { key, grant } of drafts) {
      expect(key).toBe(`grant.expiring/${aGrant().metadata.uid}/${end}`);
      expect(grant).toMatchObject({ namespace: 'ecase', name: 'case-4711' });
    }
  });

  it('a grant that is not open ends without a word', () => {
    expect(draft(end - 1, { grants: [aGrant()] })).toEqual([]);
  });

  it.each([
    ['CertificatesReady', 'CertificateEnding', 'certificate.expiring'],
    ['SSOReady', 'ProviderNeedsAttention', 'certificate.expiring'],
    ['RecordsFilling', 'VolumeAlmostFull', 'audit.filling'],
  ])('what a condition of the policy says, in its words: %s %s', (type, reason, record) => {
    const condition = (of: string) => ({
      type,
      status: 'True' as const,
      reason: of,
      message: 'until Friday',
      lastTransitionTime: '2026-12-01T08:00:00Z',
      observedGeneration: 1,
    });
    const told = (of: string) =>
      draft(0, { grants: [], policy: { ...aPolicy(), status: { conditions: [condition(of)] } } });
    expect(told(reason)).toMatchObject([
      { type: record, message: 'until Friday', target: { name: 'default' } },
    ]);
    expect(told('Enforced')).toEqual([]);
  });
});
