/** What a forged answer costs: the library, which walks a document many times, sees none that our own tree can refuse. */
import { DOMParser } from '@xmldom/xmldom';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { aSamlResponse } from '../../../kit/objects/saml-response.ts';
import {
  foreignKey,
  pinnedKey,
  resultReason,
  validatedText,
} from '../../../kit/objects/validated-response.ts';

const parsed = vi.spyOn(DOMParser.prototype, 'parseFromString');
const checked = vi.spyOn(SignedXml.prototype, 'checkSignature');
afterEach(() => vi.clearAllMocks());

const fat = '<saml:Attribute Name="x"><saml:AttributeValue>y</saml:AttributeValue></saml:Attribute>'.repeat(
  600,
);
const fattened = (xml: string): string =>
  xml.replace('</saml:AttributeStatement>', `${fat}</saml:AttributeStatement>`);
const signature = /<dsig:Signature.*?<\/dsig:Signature>/s;

/** A genuine signature of an earlier answer under a new assertion of the same ID. */
function replayed(sign: 'assertion' | 'response'): string {
  const genuine = signature.exec(aSamlResponse({ key: pinnedKey, sign }))?.[0] ?? '';
  return fattened(aSamlResponse({ key: pinnedKey, sign })).replace(signature, () => genuine);
}

const refused: Readonly<Record<string, () => string>> = {
  'a captured signature of the assertion over a new one': () => replayed('assertion'),
  'a captured signature of the response over a new one': () => replayed('response'),
  'a signature of another key': () => fattened(aSamlResponse({ key: foreignKey })),
  'a digest that is right, and a SignedInfo that was not signed': () =>
    aSamlResponse({ key: foreignKey, before: [fattened] }),
  'one good signature and a captured one': () => {
    const both = aSamlResponse({ key: pinnedKey, sign: 'both' });
    return fattened(both);
  },
  'a digest of another length': () =>
    aSamlResponse({
      key: pinnedKey,
      style: { signedInfo: (text) => text.replace(/(?<=DigestValue>)[^<]+/, 'AAAA') },
    }),
};

describe('a refused signature', () => {
  it.each(Object.entries(refused))('never reaches the library: %s', (_what, answer) => {
    const xml = answer();
    vi.clearAllMocks(); // what signed it reads documents too
    expect(resultReason(validatedText(xml))).toMatch(/^saml\.(?:assertion|response)_signature_invalid$/);
    expect([parsed.mock.calls.length, checked.mock.calls.length]).toEqual([0, 0]);
  });

  it('costs at most what the same document costs when it is accepted', () => {
    const xml = aSamlResponse({ key: pinnedKey, before: [fattened] });
    vi.clearAllMocks();
    expect(resultReason(validatedText(xml))).toBe('accepted');
    expect([parsed.mock.calls.length > 0, checked.mock.calls.length]).toEqual([true, 1]);
  });
});
