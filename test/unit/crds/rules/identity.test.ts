import { describe, expect, it } from 'vitest';
import { attributeDifferences, nameIDMatches } from '../../../../crds/rules/identity.ts';
import { aUser, withAttributes } from '../../../kit/objects/user.ts';

describe('the NameID', () => {
  const user = aUser();

  it('is the same when every code point is', () => {
    expect(nameIDMatches(user, 'ada@vendor.example')).toBe(true);
  });

  const foreign: Readonly<Record<string, string>> = {
    'another letter case': 'Ada@vendor.example',
    'white space after it': 'ada@vendor.example ',
    'white space before it': ' ada@vendor.example',
    'an invisible character in it': 'ada\u200b@vendor.example',
    'a look-alike letter': 'аda@vendor.example',
    'a compatibility form': 'ａda@vendor.example',
    'a longer name': 'ada@vendor.example.evil.example',
    'an empty name': '',
  };
  for (const [title, nameID] of Object.entries(foreign)) {
    it(`is another one with ${title}`, () => {
      expect(nameIDMatches(user, nameID)).toBe(false);
    });
  }

  it('never matches when nothing is on file', () => {
    expect(nameIDMatches({ spec: { nameID: '' } }, '')).toBe(false);
  });
});

describe('attributes that differ from those on file (EC-16)', () => {
  const map = [{ name: 'userId', attribute: 'urn:oid:0.9.2342.19200300.100.1.1' }];
  const received = (values: readonly string[]) => ({ 'urn:oid:0.9.2342.19200300.100.1.1': values });

  it('are none when the one value is the one on file', () => {
    expect(attributeDifferences(aUser(), received(['cp-ada']), map)).toEqual([]);
  });

  it('are none when nothing is mapped, whatever was received', () => {
    expect(attributeDifferences(aUser(), received(['anything']), [])).toEqual([]);
  });

  it('show both sides', () => {
    expect(attributeDifferences(aUser(), received(['cp-eve']), map)).toEqual([
      { name: 'userId', attribute: map[0]?.attribute, received: ['cp-eve'], expected: ['cp-ada'] },
    ]);
  });

  const differing: Readonly<Record<string, [user: ReturnType<typeof aUser>, values: string[] | undefined]>> =
    {
      'an attribute that was not received': [aUser(), undefined],
      'an attribute without a value': [aUser(), []],
      'an attribute with a second value': [aUser(), ['cp-ada', 'cp-eve']],
      'the same value twice': [aUser(), ['cp-ada', 'cp-ada']],
      'another letter case': [aUser(), ['CP-ADA']],
      'nothing on file': [aUser(withAttributes()), ['cp-ada']],
      'nothing on either side': [aUser(withAttributes()), undefined],
    };
  for (const [title, [user, values]] of Object.entries(differing)) {
    it(`include ${title}`, () => {
      expect(attributeDifferences(user, values === undefined ? {} : received(values), map)).toHaveLength(1);
    });
  }

  it('are not hidden by an attribute that every object inherits', () => {
    const inherited = [{ name: 'userId', attribute: 'constructor' }];
    expect(attributeDifferences(aUser(), {}, inherited)).toMatchObject([{ received: [] }]);
  });
});
