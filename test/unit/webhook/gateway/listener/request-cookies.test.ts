import { describe, expect, it } from 'vitest';
import {
  cookieNamed,
  cookiesWithout,
  cookieValues,
} from '../../../../../webhook/gateway/listener/request-cookies.ts';

const ours = '__Host-support-access';

describe('a Cookie header', () => {
  it('gives the value of the one cookie of that very name', () => {
    const header = `other=1; ${ours}=v; ${ours}-enter=w`;
    expect(cookieNamed(header, ours)).toBe('v');
    expect(cookieNamed(undefined, ours)).toBeUndefined();
  });

  it('gives none when the name is there twice: one of them is not ours', () => {
    expect(cookieNamed('a=1; a=2', 'a')).toBeUndefined();
    expect(cookieValues('a=1; b=3; a=2', 'a')).toEqual(['1', '2']);
  });

  it('has spaces and tabs between its cookies; any other mark belongs to the name', () => {
    expect(cookieNamed(`a=1; \t${ours}=v\t`, ours)).toBe('v');
    for (const mark of ['\u00a0', '\u000b', '\ufeff']) {
      expect(cookieNamed(`a=1;${mark}${ours}=v`, ours)).toBeUndefined();
      expect(cookiesWithout(`a=1;${mark}${ours}=v`, ours.toLowerCase())).toBe('a=1');
    }
  });

  it('is passed on without our cookies, in any case of their letters, and otherwise as it was', () => {
    const header = 'theme=dark;__HOST-Support-Access-x=1; flag;; __Host-support-access=v;lang=de=DE';
    expect(cookiesWithout(header, '__host-support-access')).toBe('theme=dark; flag; lang=de=DE');
    expect(cookiesWithout(undefined, '__host-support-access')).toBe('');
  });
});
