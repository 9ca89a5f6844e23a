/** What is said of a write that passes in any case: by the write alone, and of a lock what is known within a moment. */
import { describe, expect, it } from 'vitest';
import type { KindName } from '../../../../../crds/kinds.ts';
import { createAdvice } from '../../../../../webhook/in-cluster/admission/advice.ts';
import type { AdmissionRequest, ReviewedObject } from '../../../../../webhook/in-cluster/admission/review.ts';
import { anApplication, aRoute, withRoutes } from '../../../../kit/objects/application.ts';
import { aGrant, disabled, fromAddresses, until } from '../../../../kit/objects/grant.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { aUser, deactivated } from '../../../../kit/objects/user.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const noAddresses = fromAddresses();
const addresses = fromAddresses('203.0.113.7');

const requestOf = (object: object, old?: object): AdmissionRequest => ({
  uid: '1',
  operation: old === undefined ? 'CREATE' : 'UPDATE',
  kind: { group: 'supportaccess.dev', version: 'v1beta1', kind: (object as { kind: KindName }).kind },
  userInfo: { username: 'grace' },
  object: object as ReviewedObject,
  ...(old === undefined ? {} : { oldObject: old as ReviewedObject }),
});

describe('the advice of a write that narrows', () => {
  const people = Array.from({ length: 50 }, (_, at) => ({ name: `person-${at}` }));
  const narrowed: Readonly<Record<string, readonly [object: object, old?: object]>> = {
    'a grant that is prepared for many': [aGrant(disabled(), noAddresses, withSpec({ userRefs: people }))],
    'a grant that is shortened': [aGrant(until('2020-01-01T00:00:00Z')), aGrant()],
    'a policy that is switched off': [aPolicy(withSpec({ access: 'Disabled' })), aPolicy()],
    'an application': [anApplication(withRoutes(aRoute('GET /x/:id', 'A: Read')))],
    'a person who is made disabled': [aUser(deactivated())],
    'a lock that is to be lifted': [aLock('ns.ecaes'), aLock('ns.ecaes')],
    'a lock on everything': [aLock('all')],
    'no kind of this product': [{ kind: 'Deployment' }],
    'an object without its parts': [{ kind: 'SupportAccessGrant', metadata: {} }],
  };
  it.each(Object.entries(narrowed))(
    'reads nothing, however often it is tried out: %s',
    async (_, [object, old]) => {
      let reads = 0;
      const count = () => {
        reads += 1;
        return Promise.reject(new Error('not to be read'));
      };
      const client = { get: count, list: count };
      await createAdvice({ client, now: () => now, withinMs: 1000 })(requestOf(object, old));
      expect(reads).toBe(0);
    },
  );

  it('warns of what it says itself', async () => {
    const failing = () => Promise.reject(new Error('timeout'));
    const advice = createAdvice({ client: { get: failing, list: failing }, now: () => now, withinMs: 1000 });
    const request = requestOf(aGrant(disabled(), noAddresses), aGrant(disabled(), addresses));
    expect(await advice(request)).toEqual([expect.stringMatching(/^spec.allowedCIDRs is empty now/)]);
  });

  it('ends its reading where it is not waited for any more, and reads for four at once at most', async () => {
    const signals: AbortSignal[] = [];
    const reading = (_: object, { signal }: { readonly signal?: AbortSignal | undefined } = {}) => {
      if (signal === undefined) throw new Error('a reading without an end');
      signals.push(signal);
      return new Promise<never>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    };
    const client = { get: () => Promise.reject(new Error('not to be read')), list: reading };
    const advice = createAdvice({ client, now: () => now, withinMs: 5 });
    const round = () => Promise.all(Array.from({ length: 6 }, () => advice(requestOf(aLock('ns.ecase')))));
    expect(await round()).toEqual([[], [], [], [], [], []]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true]);
    await round();
    expect(signals).toHaveLength(8);
  });
});
