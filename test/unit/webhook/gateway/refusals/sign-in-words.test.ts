/** What a person reads of a sign-in that failed: whose it is to put right, by which number, and what to do. */
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import { referenceOf } from '../../../../../crds/audit/reference.ts';
import { type SamlReason, samlReasons } from '../../../../../saml/reasons.ts';
import { createRefuse } from '../../../../../webhook/gateway/refusals/refuse.ts';
import { signInRefusal } from '../../../../../webhook/gateway/refusals/sign-in-refusal.ts';
import { plainComplaints } from '../../../../kit/messages/good-message.ts';
import { anExchange } from '../../../../kit/objects/exchange.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';

const grant = { namespace: 'ecase', name: 'case-4711' };
const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

interface Refused {
  readonly body: string;
  readonly record: NewRecord | undefined;
  readonly cookies: unknown;
}

async function refused(
  reason: SamlReason,
  more: object = { grant },
  reachable = true,
  headers = browser,
): Promise<Refused> {
  const records: NewRecord[] = [];
  const refuse = createRefuse({
    trail: {
      appendInBackground: (taken) => reachable && records.push(...taken) > 0,
      health: () => ({ reachable }) as never,
    },
    sessions: { end: () => Promise.resolve() },
    policy: () => aPolicy(),
    onRefused: () => undefined,
    onFailure: () => undefined,
  });
  const exchange = anExchange({
    url: '/support-access/saml/acs',
    host: 'support.example.com',
    method: 'POST',
    headers,
  });
  let body = '';
  Object.assign(exchange.response, {
    end: (bytes: Uint8Array) => void (body = Buffer.from(bytes).toString()),
  });
  const source = { address: undefined, ip: '203.0.113.7' };
  await refuse(exchange, signInRefusal({ source, now: Date.now(), reason, ...more }));
  return { body, record: records[0], cookies: exchange.response.getHeader('set-cookie') };
}

const headings = async (codes: readonly SamlReason[]): Promise<string[]> =>
  Promise.all(codes.map(async (code) => /<h1>(.*)<\/h1>/.exec((await refused(code)).body)?.[1] ?? ''));

describe('EC-16 the page of a failed sign-in', () => {
  it.each([
    ['The identity provider refused the sign-in', ['saml.status_not_success']],
    [
      'The sign-in is not set up right',
      [
        'saml.audience_mismatch',
        'saml.destination_mismatch',
        'saml.assertion_signature_invalid',
        'saml.trust_missing',
        'saml.encrypted_unsupported',
      ],
    ],
    ['The sign-in took too long', ['saml.request_state_expired', 'saml.expired']],
    [
      'This sign-in cannot go on',
      ['saml.relay_state_mismatch', 'saml.request_replayed', 'saml.request_state_missing'],
    ],
    ['You are not named here', ['saml.user_unknown']],
    [
      'The sign-in did not succeed',
      ['saml.attribute_mismatch', 'saml.xml_declaration', 'saml.not_a_response'],
    ],
  ] as const)('says "%s" where that is so', async (heading, codes) => {
    expect(new Set(await headings(codes))).toEqual(new Set([heading]));
  });

  it('leads back to the sign-in of the grant where that can help, and nowhere where it cannot', async () => {
    const link = 'href="https://support.example.com/support-access/sign-in/ecase/case-4711"';
    const late = await refused('saml.request_state_expired');
    expect(late.body).toContain(`${link}>Start again</a>`);
    expect((await refused('saml.attribute_mismatch')).body).toContain(`${link}>Sign in again</a>`);
    expect((await refused('saml.audience_mismatch')).body).not.toContain('<a class="button"');
  });

  it('carries the number of its record, on the page and for programs', async () => {
    const { body, record } = await refused('saml.attribute_mismatch');
    const reference = referenceOf(record?.id ?? '');
    expect(body).toContain(`Reference number: <span class="code">${reference}</span>`);
    const program = await refused('saml.attribute_mismatch', { grant }, true, {
      accept: '*/*',
      'sec-fetch-mode': 'cors',
    });
    expect(JSON.parse(program.body)).toMatchObject({
      reason: 'SignInFailed',
      reference: referenceOf(program.record?.id ?? ''),
    });
  });

  it('carries none where nothing was recorded', async () => {
    expect((await refused('saml.attribute_mismatch', { grant }, false)).body).not.toContain(
      'Reference number',
    );
  });

  it('says nothing of what is on file, nor the rule, in any case', async () => {
    for (const code of Object.keys(samlReasons) as SamlReason[]) {
      const { body } = await refused(code, { grant, detail: 'a detail', details: { expected: 'https://x' } });
      expect(plainComplaints(body.replaceAll(/<[^>]*>/g, ' '))).toEqual([]);
      for (const secret of [code, samlReasons[code], 'a detail', 'https://x'])
        expect(body).not.toContain(secret);
    }
  });

  it('takes away the cookie of its own request, and no other', async () => {
    expect((await refused('saml.not_a_response', { grant, clear: 'own=; Max-Age=0' })).cookies).toBe(
      'own=; Max-Age=0',
    );
    expect((await refused('saml.relay_state_mismatch')).cookies).toBeUndefined();
  });
});
