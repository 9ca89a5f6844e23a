import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import type { Ask, EntryPoint } from '../../../../../crds/rules/ask.ts';
import { anAsk, askOn, where, withGrant, withPolicy } from '../../../../kit/objects/ask.ts';
import * as grants from '../../../../kit/objects/grant.ts';
import { type Modifier, modified } from '../../../../kit/objects/object.ts';
import * as policies from '../../../../kit/objects/policy.ts';

const entryPoints: readonly EntryPoint[] = ['anonymous', 'sign-in', 'session', 'application'];

const denied: Readonly<Record<string, [change: Modifier<Ask>, reason: string, check: string]>> = {
  "the address is not on the policy's list": [
    withPolicy(policies.allowing('198.51.100.0/24')),
    'AddressNotAllowed',
    'addressIsAllowed',
  ],
  "the address is not on the grant's list": [
    withGrant(grants.fromAddresses('198.51.100.0/24')),
    'AddressNotAllowed',
    'addressIsAllowed',
  ],
  "an entry of the policy's list cannot be read": [
    withPolicy(policies.allowing('203.0.113.0/24', '10.0.0.1/8')),
    'AddressNotAllowed',
    'addressIsAllowed',
  ],
  'there is no list, and the policy wants one': [
    (ask) => anAsk(where(ask), withPolicy(policies.allowing()), withGrant(grants.fromAddresses())),
    'NoAllowedCIDRs',
    'addressIsAllowed',
  ],
};

describe('an ask is denied', () => {
  for (const [title, [change, reason, check]] of Object.entries(denied)) {
    it(`when ${title}`, () => {
      expect(decide(anAsk(change))).toMatchObject({ allow: false, reason, check });
    });
  }

  it('when the address is not known, at every entry point', () => {
    for (const entryPoint of entryPoints) {
      expect(decide(modified(askOn(entryPoint), [where({ address: undefined })]))).toMatchObject({
        allow: false,
        reason: 'AddressUnknown',
      });
    }
  });

  it('with the detail that the customer needs, and never in the reason', () => {
    const decision = decide(anAsk(withGrant(grants.fromAddresses('198.51.100.0/24'))));
    expect(decision).toMatchObject({ detail: "203.0.113.7 is not on the grant's list" });
  });
});

describe('an ask is allowed although', () => {
  const allowed: Readonly<Record<string, Modifier<Ask>>> = {
    'only the grant has a list of addresses': withPolicy(policies.allowing()),
    'only the policy has a list of addresses': withGrant(grants.fromAddresses()),
    'nobody has a list, since the policy does not want one': (ask) =>
      anAsk(
        where(ask),
        withPolicy(policies.allowing(), policies.notRequiringAddresses()),
        withGrant(grants.fromAddresses()),
      ),
  };
  for (const [title, change] of Object.entries(allowed)) {
    it(title, () => {
      expect(decide(anAsk(change))).toMatchObject({ allow: true });
    });
  }
});
