/** The list of rules as a table for people, and the promise that each rule has a test that names its code. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { samlReasons } from '../../../saml/reasons.ts';

const root = `${import.meta.dirname}/../../..`;
const testFolders = [
  import.meta.dirname,
  `${root}/test/unit/webhook/gateway/sign-in`,
  `${root}/test/integration/webhook/gateway`,
];
const productFolders = [`${root}/saml`, `${root}/webhook/gateway/sign-in`];
const codes = Object.keys(samlReasons);

function textOf(folder: string, except: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const read = names.filter((name) => name.endsWith('.ts') && name !== except);
  return read.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n');
}

describe('the rules of the SAML door', () => {
  it('are printed as a table of code and rule', () => {
    const width = Math.max(...codes.map((code) => code.length));
    console.log(
      Object.entries(samlReasons)
        .map(([code, rule]) => `${code.padEnd(width)}  ${rule}`)
        .join('\n'),
    );
    expect(codes.every((code) => /^saml\.[a-z0-9_]+$/.test(code))).toBe(true);
  });

  it('have one sentence each, and no two rules have the same', () => {
    expect(new Set(Object.values(samlReasons)).size).toBe(codes.length);
  });

  it('are each broken by a test', () => {
    const tests = testFolders.map((folder) => textOf(folder, 'reasons.test.ts')).join('\n');
    expect(codes.filter((code) => !tests.includes(`'${code}'`))).toEqual([]);
  });

  it('are each used by the door: no code says what nothing checks', () => {
    const product = productFolders.map((folder) => textOf(folder, 'reasons.ts')).join('\n');
    const misfits = [
      'element_not_allowed',
      'element_repeated',
      'element_missing',
      'attribute_not_allowed',
      'attribute_missing',
      'text_not_allowed',
    ];
    const used = (code: string) =>
      product.includes(`'${code}'`) || misfits.includes(code.slice('saml.'.length));
    expect(codes.filter((code) => !used(code))).toEqual([]);
  });
});
