import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSamlReason, type SamlReason, samlReasons } from '../../../saml/reasons.ts';
import { failedSignIn } from '../../../webhook/gateway/records/sign-in-records.ts';
import { noon } from '../../kit/objects/ask.ts';

const codes = Object.keys(samlReasons) as SamlReason[];
const root = `${import.meta.dirname}/../../..`;
/** The codes that grammar.ts puts together from the kind of misfit. */
const ofMisfits = [
  'saml.element_not_allowed',
  'saml.element_repeated',
  'saml.element_missing',
  'saml.attribute_not_allowed',
  'saml.attribute_missing',
  'saml.text_not_allowed',
];

/** All TypeScript below some folders, as one text; without the list of codes and without this file. */
function textBelow(folders: readonly string[]): string {
  const files = folders.flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/(^|\/)reasons\.(test\.)?ts$/.test(name))
      .map((name) => `${root}/${folder}/${name}`),
  );
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

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

  it('is broken by a test that names its code', () => {
    const tests = textBelow([
      'test/unit/saml',
      'test/unit/webhook/gateway',
      'test/integration/webhook/gateway',
    ]);
    expect(codes.filter((code) => !tests.includes(`'${code}'`))).toEqual([]);
  });

  it('is used by the product: no code says what nothing checks', () => {
    const product = textBelow(['saml', 'webhook/gateway']);
    const isUsed = (code: string): boolean => product.includes(`'${code}'`) || ofMisfits.includes(code);
    expect(codes.filter((code) => !isUsed(code))).toEqual([]);
  });
});
