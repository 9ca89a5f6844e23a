/** `sso check`: the words of the sign-in, before and after a policy is applied. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { problemLine } from '../../../crds/rules/problem.ts';
import { readTrust } from '../../../saml/trust/trust.ts';
import { type Called, call } from '../../kit/cli/call.ts';
import { knownMetadata } from '../../kit/idp/known-metadata.ts';
import { withSpec } from '../../kit/objects/object.ts';
import { aPolicy } from '../../kit/objects/policy.ts';

const policyWith = (metadata: string, more: object = {}) =>
  aPolicy(withSpec({ sso: { ...more, identityProvider: { metadata } } }));
const check = (policy: object, ...words: string[]): Promise<Called> =>
  call(['sso', 'check', '-', ...words], { stdin: stringify(policy) });

interface Report {
  readonly findings: readonly { readonly state: string; readonly says: string }[];
  readonly needs: Readonly<Record<string, string>>;
}
const reportOf = async (policy: object): Promise<Report> =>
  JSON.parse((await check(policy, '-o', 'json')).out) as Report;

describe('EC-1 sso check', () => {
  it('says that people can sign in, by whom and with which certificate', async () => {
    const { code, out, err } = await check(policyWith(knownMetadata));
    expect([code, err]).toEqual([0, 'By the text on stdin people can sign in with the identity provider.\n']);
    expect(out).toMatch(/^ok +responses must come from https:\/\/idp\.example\.com\/metadata$/m);
    expect(out).toMatch(/^ok +certificate [0-9A-F:]{23} is trusted/m);
  });

  it.each([
    ['an element of something else', '<a/>'],
    ['text', 'see the portal'],
    [
      'an end that is past',
      knownMetadata.replace(' entityID=', ' validUntil="2020-01-01T00:00:00Z" entityID='),
    ],
  ])('says what is wrong in the words of the sign-in: %s', async (_what, metadata) => {
    const policy = policyWith(metadata);
    const trust = readTrust(policy.spec.sso, Date.now());
    const { findings } = await reportOf(policy);
    expect(findings).toEqual(
      trust.ok ? [] : trust.problems.map((each) => ({ state: 'wrong', says: problemLine(each) })),
    );
    expect((await check(policy)).code).toBe(1);
  });

  it('says what is unwise, and takes it', async () => {
    const policy = policyWith(`\uFEFF<!-- x -->${knownMetadata}`, { requestSigning: 'Disabled' });
    const { findings } = await reportOf(policy);
    expect(findings.filter(({ state }) => state === 'unwise')).toHaveLength(1);
    expect((await check(policy)).err).toContain('One thing is unwise.');
  });

  it('judges other metadata under the settings of the policy', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sso-check-')), 'idp.xml');
    writeFileSync(file, knownMetadata);
    expect((await check(policyWith('<a/>'), '--metadata', file)).code).toBe(0);
  });

  it('says what the identity provider needs from us', async () => {
    const more = {
      nameIDFormat: 'EmailAddress',
      attributes: [{ name: 'employeeNumber', attribute: 'urn:oid:1' }],
    };
    const { needs } = await reportOf(policyWith(knownMetadata, { ...more, signedParts: 'Both' }));
    expect(Object.values(needs)).toEqual([
      'https://support.example.com/support-access/saml/metadata',
      'https://support.example.com/support-access/saml/acs',
      'https://support.example.com/support-access/saml/metadata',
      'spec.nameID of the SupportUser, letter by letter; format urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      'urn:oid:1 as employeeNumber',
      'the response and the assertion, by RSA or ECDSA with SHA-256 or more; not encrypted',
      'by HTTP-Redirect, signed; verify them with the certificate that our metadata holds once it is installed',
    ]);
  });

  it('cannot tell of what is no policy, or no file', async () => {
    expect(await check({ kind: 'Secret' })).toMatchObject({
      code: 3,
      err: expect.stringContaining('must hold a SupportAccessPolicy'),
    });
    expect((await call(['sso', 'check', './not-there.yaml'])).code).toBe(3);
  });
});
