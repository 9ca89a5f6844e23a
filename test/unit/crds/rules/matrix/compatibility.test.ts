import { describe, expect, it } from 'vitest';
import { isVersionRange, misfit, versionFits } from '../../../../../crds/rules/matrix/compatibility.ts';

describe('a version in a range', () => {
  const answers: Readonly<Record<string, [version: string, range: string, fits: boolean]>> = {
    'does not fit just under the lower end': ['26.1.2.9', '>=26.1.3.0', false],
    'fits at the lower end': ['26.1.3.0', '>=26.1.3.0', true],
    'fits just over the lower end': ['26.1.3.1', '>=26.1.3.0', true],
    'is compared by numbers, not by letters': ['26.10.0.0', '>=26.9', true],
    'counts a missing component as 0': ['26.1.3', '>=26.1.3.0', true],
    'fits when every comparison holds': ['26.5', '>=26.1 <27', true],
    'does not fit when one comparison fails': ['27.0', '>=26.1, <27', false],
    'fits a bare version only when it is that one': ['26.1', '26.1.0', true],
    'does not fit another bare version': ['26.2', '26.1', false],
    'does not fit just over an upper end': ['26.1.1', '<=26.1', false],
    'does not fit at an end that is left out': ['26.1', '>26.1', false],
    'does not fit when the version has letters': ['26.1-beta', '>=1', false],
    'does not fit when the version is empty': ['', '>=0', false],
    'does not fit when the range cannot be read': ['26.1', '^26', false],
    'does not fit when the range is empty': ['26.1', '', false],
    'does not fit when the range is partly readable': ['26.1', '>=26 || true', false],
    'does not fit when a number of the range goes on as something else': ['26.2', '>=26.1-rc1', false],
    'does not fit when two ranges are written as one': ['27', '27||28', false],
    'does not fit when something stands before a comparison': ['26.2', 'v>=26.1', false],
  };
  for (const [title, [version, range, fits]] of Object.entries(answers)) {
    it(title, () => {
      expect(versionFits(version, range)).toBe(fits);
    });
  }

  it('can be told to be no range', () => {
    expect(['>=26.1.3.0', '>=26 <27', '1'].every(isVersionRange)).toBe(true);
    expect(
      ['', '*', '~1', '>=', '>= 26', '1.', '>=26.1-rc1', '27||28', '>=.1', '26..1', '>=1234567890'].some(
        isVersionRange,
      ),
    ).toBe(false);
  });
});

describe('a matrix that names versions and editions', () => {
  const appliesTo = { versions: '>=26.1.3.0', editions: ['SaaS'] };

  it('fits an application of such a version and edition', () => {
    expect(misfit(appliesTo, { version: '26.1.3.0', edition: 'SaaS' })).toBeUndefined();
  });

  it('says which versions it is for', () => {
    expect(misfit(appliesTo, { version: '25.9', edition: 'SaaS' })).toBe(
      "the matrix is for versions >=26.1.3.0; the application's version is 25.9",
    );
  });

  it('says which editions it is for', () => {
    expect(misfit(appliesTo, { version: '26.2', edition: 'OnPremises' })).toBe(
      "the matrix is for the editions SaaS; the application's is OnPremises",
    );
  });

  it('does not fit an application that names neither, nor no application', () => {
    expect(misfit(appliesTo, {})).toBeDefined();
    expect(misfit({ editions: ['SaaS'] }, {})).toBeDefined();
    expect(misfit(appliesTo, undefined)).toBeDefined();
  });

  it('fits anything where it names nothing', () => {
    expect(misfit(undefined, {})).toBeUndefined();
    expect(misfit({}, undefined)).toBeUndefined();
    expect(misfit({ editions: [] }, undefined)).toBeUndefined();
  });
});
