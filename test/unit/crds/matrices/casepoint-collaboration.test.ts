import { describe, expect, it } from 'vitest';
import { casepointCollaboration } from '../../../../crds/matrices/casepoint-collaboration.ts';
import { problemsOf } from '../../../../crds/rules/problems/index.ts';
import { expectExactly } from './expect-matrix.ts';

/** The document's first table; an empty module cell continues the one above. */
const readOnly = `
System Configuration | Application Templates
 | Document Review Flags
 | Email Templates
 | Error Message
 | Find and Redact Patterns
 | Help Links Configuration
 | Technical Support
System Administration | Mail Server Configuration
 | System Jobs
 | Localization
Security | Allowed Upload File Formats
 | Audit Log
 | Access Token Manager
 | Audit Configuration
 | Security Configuration
Organization Setup | Application Roles
 | Enterprise
 | Users
Jobs | All Jobs
 | Email Log
 | Failed OCR Jobs
My Jobs | My Jobs`;

/** The second one, with its sentences of actions taken apart at the commas, as the requirement reads them. */
const limited = `
System Configuration | General Configuration | Save
System Administration | Global Address List Settings | Save
 | System Settings | Save
 | System Jobs | Save; Clear Job Log
 | Scheduler Configuration | Remove Scheduler; Remove Job; Restart Scheduler; Add Job; Save
Security | Audit Log | Search; Export; Clear Filters
 | Sign On Mode | Save
Organization Setup | | Organization Information – Spell Check; Banner – Add Banner; Logo – Add Logo; Disclaimer – Spell Check
Jobs | All Jobs | Actions – Cancel
 | Email Log | Search; Clear; View Email Details
 | Failed OCR Jobs | Search; Clear; View Details; View Details – Generate Report
Help | Error Log | Clear Log
My Profile | Change Password | Save
Preferences | General | Save
 | Document | Save
 | Review Object | Save`;

interface Row {
  readonly place: string;
  readonly actions: readonly string[];
}

function rowsOf(table: string): Row[] {
  let module = '';
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [first = '', subModule = '', actions = ''] = line.split('|').map((cell) => cell.trim());
      module = first === '' ? module : first;
      const place = subModule === '' ? module : `${module} / ${subModule}`;
      return { place, actions: actions === '' ? [] : actions.split('; ') };
    });
}

const [toRead, toWrite] = [rowsOf(readOnly), rowsOf(limited)];

describe('the matrix of Casepoint Collaboration', () => {
  it('CC-8 has all 22 rows of the first table, and those that are in no other to read only', () => {
    expect(toRead).toHaveLength(22);
    const written = new Map(toWrite.map(({ place, actions }) => [place, actions]));
    const places = casepointCollaboration.modules.flatMap((module) =>
      (module.subModules ?? []).map((each) => ({ ...each, place: `${module.name} / ${each.name}` })),
    );
    const only = toRead.filter(({ place }) => !written.has(place)).map(({ place }) => place);
    expect(places.filter(({ access }) => access === 'Read').map(({ place }) => place)).toEqual(only);
    expect(only).toHaveLength(17);
  });

  it('CC-9 has all 16 rows of the second table with their 31 actions', () => {
    expect([toWrite.length, toWrite.flatMap(({ actions }) => actions).length]).toEqual([16, 31]);
    const places = casepointCollaboration.modules.flatMap((module) => [
      { ...module, place: module.name },
      ...(module.subModules ?? []).map((each) => ({ ...each, place: `${module.name} / ${each.name}` })),
    ]);
    const listed = places
      .filter(({ access }) => access === 'Limited')
      .map(({ place, actions = [] }) => [place, actions] as const);
    expect(new Map(listed)).toEqual(new Map(toWrite.map(({ place, actions }) => [place, actions])));
  });

  it('CC-8 CC-9 CC-11 allows in every place, of every action, exactly what the two tables say', () => {
    const rows = [...toRead, ...toWrite];
    const allowed = new Map(
      rows.map(({ place }) => [
        place,
        ['Read', ...rows.filter((row) => row.place === place).flatMap(({ actions }) => actions)],
      ]),
    );
    expect(allowed.size).toBe(33);
    expectExactly(casepointCollaboration, allowed);
  });

  it('CC-9 marks that there is no password to change', () => {
    const profile = casepointCollaboration.modules.find(({ name }) => name === 'My Profile');
    expect(profile?.subModules?.[0]?.note).toContain('SSO only');
  });

  it('CC-12 fits 26.1.3.0 and later of the SaaS edition, and masks every class of data', () => {
    expect(casepointCollaboration).toMatchObject({
      appliesTo: { versions: '>=26.1.3.0', editions: ['SaaS'] },
      masking: 'Enabled',
    });
    expect(casepointCollaboration).not.toHaveProperty('maskedClasses');
    expect(problemsOf({ kind: 'SupportPermissionMatrix', spec: casepointCollaboration } as never)).toEqual(
      [],
    );
  });
});
