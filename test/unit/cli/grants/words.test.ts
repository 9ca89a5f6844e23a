import { expect, it } from 'vitest';
import type { GrantSpec, NamedByGrant } from '../../../../cli/grants/grant-world.ts';
import { openingWords } from '../../../../cli/grants/words.ts';

const spec: GrantSpec = {
  access: 'Enabled',
  userRefs: [{ name: 'ada' }],
  matrixRef: { name: 'm' },
  expirationTime: '2026-12-04T12:00:00Z',
};
const unread: NamedByGrant = {
  policy: 'unreadable',
  matrix: 'unreadable',
  application: undefined,
  people: [{ name: 'ada', user: 'unreadable' }],
  locks: [],
};
const said = (world: NamedByGrant, own: Partial<GrantSpec> = {}): string =>
  openingWords(
    { ...spec, ...own },
    { world, place: { namespace: 'ecase', name: 'case-1' }, zone: 'UTC' },
  ).join('\n');

it('takes it that support may come from any address where the policy that says it may not be read', () => {
  expect(said(unread)).toContain('take it that support may come from any address');
  expect(said(unread)).not.toContain('no one gets in');
});

it("names the grant's own addresses, whatever the policy lists", () => {
  expect(said(unread, { allowedCIDRs: ['203.0.113.7'] })).toContain(
    'From these addresses only: 203.0.113.7.',
  );
});

it('says that no one gets in only where no policy lists or frees addresses', () => {
  expect(said({ ...unread, policy: 'absent' })).toContain('no one gets in');
});
