/** The ConfigMap for the administrators of the identity provider: every field, and what is never in it. */
import { describe, expect, it } from 'vitest';
import type { Installation } from '../../../../operator/outputs/output.ts';
import { sso } from '../../../../operator/outputs/sso.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

const anInstallation = (change: Partial<Installation> = {}): Installation => ({
  policy: aPolicy(),
  open: [],
  applications: [],
  people: [aUserNamed('bob'), aUser()],
  releaseNamespace: 'support-access',
  spCertificate: 'PEM of the service provider',
  ...change,
});

const dataOf = (change: Partial<Installation> = {}) =>
  sso.desired(anInstallation(change))[0]?.object['data'] as Record<string, string>;
const parsed = (data: Record<string, string>, field: string): unknown => JSON.parse(data[field] ?? '');

const host = 'https://support.example.com/support-access';

describe('the SSO settings', () => {
  it('are none without a policy', () => {
    expect(sso.desired(anInstallation({ policy: undefined }))).toEqual([]);
  });

  it('are one ConfigMap in the release namespace, which stays the chart’s', () => {
    const [wanted, ...more] = sso.desired(anInstallation());
    expect(more).toEqual([]);
    expect(wanted?.object).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'support-access-sso',
        namespace: 'support-access',
        labels: { 'supportaccess.dev/output': 'sso' },
      },
    });
  });

  it('hold exactly these fields', () => {
    const { people: _people, ...data } = dataOf();
    expect(data).toEqual({
      entityID: `${host}/saml/metadata`,
      signInURL: `${host}/sign-in/{namespace}/{grant}`,
      acsURL: `${host}/saml/acs`,
      metadataURL: `${host}/saml/metadata`,
      spCertificate: 'PEM of the service provider',
      identityProvider: '{}',
      attributes: '[]',
    });
  });

  it('leave the certificate empty until it was made', () => {
    expect(dataOf({ spCertificate: undefined })['spCertificate']).toBe('');
  });

  const provider = { entityID: 'idp', signInURL: 'https://idp.example' };

  it.each([
    ['pinned certificates', { ...provider, certificates: ['none'] }, 'pinned in the policy'],
    ['metadata', { ...provider, metadata: '<EntityDescriptor/>' }, 'metadata in the policy'],
  ])('say that trust comes from %s', (_name, identityProvider, trust) => {
    const policy = aPolicy(withSpec({ sso: { identityProvider } }));
    expect(parsed(dataOf({ policy }), 'identityProvider')).toMatchObject({ ...provider, trust });
  });

  it('say which attributes of a person are checked', () => {
    const attributes = [{ name: 'userId', attribute: 'urn:oid:0.9.2342.19200300.100.1.1' }];
    const policy = aPolicy(withSpec({ sso: { identityProvider: provider, attributes } }));
    expect(parsed(dataOf({ policy }), 'attributes')).toEqual(attributes);
  });

  it('name the people in order, with what the identity provider must send and no more', () => {
    expect(parsed(dataOf(), 'people')).toEqual({
      count: 2,
      people: [
        { name: 'ada', displayName: 'Ada of Support', nameID: 'ada@vendor.example' },
        { name: 'bob', displayName: 'Bob of Support', nameID: 'bob@vendor.example' },
      ],
    });
  });

  it.each([
    [999, 999],
    [1000, 1000],
    [1001, 1000],
  ])('count %d people and name %d, so that the ConfigMap stays below its limit', (count, named) => {
    const people = Array.from({ length: count }, (_, at) => aUserNamed(`person-${at}`));
    const listed = parsed(dataOf({ people }), 'people') as { count: number; people: unknown[] };
    expect([listed.count, listed.people.length]).toEqual([count, named]);
  });
});
