import { describe, expect, it } from 'vitest';
import { isSamlReason, type SamlReason, samlReasons } from '../../../saml/reasons.ts';
import { failedSignIn } from '../../../webhook/gateway/records/sign-in-records.ts';
import { noon } from '../../kit/objects/ask.ts';

const codes = Object.keys(samlReasons) as SamlReason[];
const source = { address: undefined, ip: '203.0.113.7' };

describe('each SAML rule', () => {
  it.each(codes)('%s is recorded by its code, with its sentence before the detail', (reason) => {
    const record = failedSignIn({ source, now: noon, reason, detail: 'where', details: { requestId: '_1' } });
    expect(record).toMatchObject({
      decision: { effect: 'deny', reason },
      message: `${samlReasons[reason]}; where; requestId="_1"`,
    });
  });

  it.each(codes)(
    '%s has a code that a metric or a search can take, and a sentence that says something',
    (code) => {
      expect(code).toMatch(/^saml\.[a-z0-9_]+$/);
      expect(samlReasons[code]).toMatch(/^[A-Z].{20,}[^.;]$/);
    },
  );

  it('has a sentence of its own', () => {
    expect(new Set(Object.values(samlReasons)).size).toBe(codes.length);
  });

  it('is told from any other text', () => {
    expect(codes.every(isSamlReason)).toBe(true);
    for (const text of ['saml.', 'toString', 'SignInFailed', '']) expect(isSamlReason(text)).toBe(false);
  });
});
