/** Who is meant by a response: exact code points, exact attributes, and both sides shown when they differ. */
import { describe, expect, it } from 'vitest';
import { matchUser } from '../../../../saml/response/match-user.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aUser, aUserNamed, withAttributes } from '../../../kit/objects/user.ts';

const mappings = [{ name: 'employeeNumber', attribute: 'urn:oid:employeeNumber' }];
const ada = aUser(withAttributes({ name: 'employeeNumber', value: '4711' }));

function received(nameID: string, ...values: readonly string[]) {
  const subject = { nameID, nameIDFormat: 'x', notOnOrAfter: 0 };
  return { subject, attributes: { 'urn:oid:employeeNumber': values } };
}

describe('the match with who is on file', () => {
  it('finds the person with this NameID and these attributes', () => {
    const match = matchUser(received('ada@vendor.example', '4711'), [aUserNamed('grace'), ada], mappings);
    expect(match.ok && match.value.metadata.name).toBe('ada');
  });

  it('does not look at attributes that the policy does not map', () => {
    expect(matchUser(received('ada@vendor.example'), [ada], []).ok).toBe(true);
  });

  it.each([
    ['another letter case', 'Ada@vendor.example'],
    ['a Cyrillic a', '\u0430da@vendor.example'],
    ['full-width letters', '\uff41da@vendor.example'],
    ['a longer name', 'ada@vendor.example.evil.example'],
    ['nothing', ''],
  ])('finds nobody for %s', (_title, nameID) => {
    expect(matchUser(received(nameID, '4711'), [ada], mappings)).toMatchObject({
      ok: false,
      reason: 'saml.user_unknown',
    });
  });

  it.each([
    ['Ada@Vendor.example', true],
    ['ada@vendor.example\u200b', true],
    ['ada @vendor.example', true],
    ['\uff41da@vendor.example', true],
    ['\u0430da@vendor.example', false],
    ['adam@vendor.example', false],
  ])(
    'EC-16 says of %s whether it differs in letter case or blanks alone, and lets no one in',
    (nameID, isNear) => {
      const match = matchUser(received(nameID, '4711'), [ada], mappings);
      expect(match.ok ? 'in' : match.detail).toBe(
        isNear ? 'spec.nameID of SupportUser ada differs only in letter case or blanks' : undefined,
      );
    },
  );

  it('EC-16 says so of an attribute too', () => {
    const match = matchUser(received('ada@vendor.example', ' 4711'), [ada], mappings);
    expect(match.ok ? 'in' : match.detail).toBe('employeeNumber differs only in letter case or blanks');
  });

  it('finds nobody where two people have the name', () => {
    const twin = aUserNamed('twin', withSpec({ nameID: 'ada@vendor.example' }));
    const match = matchUser(received('ada@vendor.example', '4711'), [ada, twin], mappings);
    expect(match).toMatchObject({ ok: false, reason: 'saml.user_ambiguous' });
  });

  it('finds nobody where the grant names nobody', () => {
    expect(matchUser(received('ada@vendor.example'), [], [])).toMatchObject({ reason: 'saml.user_unknown' });
  });

  it.each([
    ['another value', ['4712']],
    ['no value', []],
    ['the right value among others', ['4711', '1']],
  ])('EC-16 is refused for %s, and shows both sides', (_title, values) => {
    const match = matchUser(received('ada@vendor.example', ...values), [ada], mappings);
    expect(match).toMatchObject({
      ok: false,
      reason: 'saml.attribute_mismatch',
      detail: 'employeeNumber',
      mismatch: {
        received: { nameID: ['ada@vendor.example'], employeeNumber: values },
        expected: { nameID: ['ada@vendor.example'], employeeNumber: ['4711'] },
      },
    });
  });

  it('is refused where nothing is on file to compare with', () => {
    const match = matchUser(received('ada@vendor.example', '4711'), [aUser(withAttributes())], mappings);
    expect(match).toMatchObject({
      reason: 'saml.attribute_mismatch',
      mismatch: { expected: { employeeNumber: [] } },
    });
  });

  it('shows what was received printable, bounded and in one line', () => {
    const match = matchUser(
      received('ada@vendor.example', `\r\n\u001b[2J${'x'.repeat(1000)}`),
      [ada],
      mappings,
    );
    const [shown] = match.ok ? [] : (match.mismatch.received['employeeNumber'] ?? []);
    expect(shown).toMatch(/^\\u000d\\u000a\\u001b\[2Jx+$/);
    expect(shown?.length).toBeLessThanOrEqual(256);
  });
});
