import { describe, expect, it } from 'vitest';
import { casepointEcase } from '../../../../crds/matrices/casepoint-ecase.ts';
import { expectExactly, placesIn } from './expect-matrix.ts';

/** The document's table as it stands there. */
const table = `
Scheduled Jobs | Read and Write (limited actions only)
Email Log | Read
Scheduler Configuration | Read and Write (limited actions only)
Services Configuration | Read
Sign-On Mode (eCase Database Configuration) | Read
System Settings | Read
Security Settings | Read
SAML SSO Configuration | Read
Audit Configuration | Read
Report Scheduling | Read
Application Licenses | Read and Write (limited actions only)
Connectors | Read and Write (limited actions only)`;

describe('the matrix of Casepoint eCase', () => {
  it('EC-11 has the rows of the document, in its order', () => {
    const rows = table
      .trim()
      .split('\n')
      .map((row) => row.split(' | '))
      .map(([name, level]) => ({ name, access: level === 'Read' ? 'Read' : 'Limited' }));
    expect(casepointEcase.modules).toEqual(rows);
  });

  it('EC-11 has 8 rows to read and 4 limited ones, which name no action', () => {
    const limited = casepointEcase.modules.filter(({ access }) => access === 'Limited');
    expect([casepointEcase.modules.length, limited.length]).toEqual([12, 4]);
    expect(limited.flatMap(({ actions }) => actions ?? [])).toEqual([]);
  });

  it('EC-11 allows in every place, of every action, looking alone', () => {
    expectExactly(casepointEcase, new Map(placesIn(casepointEcase).map((place) => [place, ['Read']])));
  });

  it('EC-18 masks e-mail addresses', () => {
    expect(casepointEcase).toMatchObject({ masking: 'Enabled', maskedClasses: ['EmailAddress'] });
  });
});
