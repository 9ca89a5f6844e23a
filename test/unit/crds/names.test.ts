import { describe, expect, it } from 'vitest';
import { childName, foldRoleName } from '../../../crds/names.ts';

describe('the name of an object made for others', () => {
  it('is the prefix and 20 hexadecimal digits', () => {
    expect(childName('sa', 'grant-uid', 'user-uid')).toMatch(/^sa-[0-9a-f]{20}$/);
  });

  it('is the same for the same parts', () => {
    expect(childName('sa', 'a', 'b')).toBe(childName('sa', 'a', 'b'));
  });

  it('stays what it was, since objects in clusters carry it', () => {
    expect(childName('sa', 'grant-uid', 'user-uid')).toBe('sa-5f406c56f3486401fb35');
  });

  it('tells parts apart that read the same when joined', () => {
    const names = [childName('sa', 'a-b', 'c'), childName('sa', 'a', 'b-c'), childName('sa', 'a', 'b', 'c')];
    expect(new Set(names).size).toBe(3);
  });

  it('refuses a part with a slash, which could be two parts', () => {
    expect(() => childName('sa', 'a/b', 'c')).toThrow(TypeError);
  });

  it('refuses an empty part, and no parts at all', () => {
    expect(() => childName('sa', 'a', '')).toThrow(TypeError);
    expect(() => childName('sa')).toThrow(TypeError);
  });
});

describe('a role name as it is compared with the reserved ones (EC-12)', () => {
  const twins = [
    'Support Admin',
    'support admin',
    'SUPPORT-ADMIN',
    'support:admin',
    'support_admin',
    'supportadmin',
    'S u p p o r t A d m i n',
    'Ｓｕｐｐｏｒｔ Ａｄｍｉｎ',
    'Süpport Ädmin',
    'support\u200badmin',
  ];
  for (const name of twins) {
    it(`folds ${JSON.stringify(name)} to supportadmin`, () => {
      expect(foldRoleName(name)).toBe('supportadmin');
    });
  }

  it('keeps digits, since they tell names apart', () => {
    expect(foldRoleName('Support Admin 2')).not.toBe(foldRoleName('Support Admin'));
  });
});
