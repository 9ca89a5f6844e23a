import { describe, expect, it } from 'vitest';
import { zohoCrm } from '../../../../crds/matrices/zoho-crm.ts';
import { compileMatrix, explain, namedActions, permits } from '../../../../crds/rules/matrix/matrix.ts';
import { expectExactly } from './expect-matrix.ts';

/** The document's list, each item with what it refuses: a place, or one action in it. `-` refuses support nothing. */
const items = `
1 Setup / Support Access
2 Setup / Users: Change User Details
3 Setup / Tab Groups; Setup / Mail Merge; Setup / Trusted Domains; Setup / Workflow Actions by Zoho Flow
4 Setup / Account Subscription: Manage
5 Emails: Send
6 Setup / Email Permissions: Modify
7 Records: Export; Setup / Data Backup
8 Reports: Export
9 Setup / Audit Log: Export
10 Setup / ZSC Keys: Generate
11 Setup / Company Details
12 Setup / Admin-level Permissions: Change
13 Setup / Integrations: Set Up
14 Setup / Customizations: Copy
15 Setup / Connections: Edit
16 Marketplace
17 -
18 Channels
19 Records / Sheet View; Records / Print View
20 -
21 Zia / Ask Zia
22 Zia / Conversational AI
23 Developer Space / Zia Voice
24 Online Meetings: Create
25 Data Enrichment
26 Voice of the Customer
27 Zia / Zia Vision
28 Zia / Zia Voice
29 Zoho Survey
30 Setup / Connections: Set Up
31 Client Scripts
32 Zoho Social`;

const listed = items
  .trim()
  .split('\n')
  .map((line) => {
    const [, number = '', refuses = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
    return { number, refuses: refuses === '-' ? [] : refuses.split('; ') };
  });

const compiled = compileMatrix(zohoCrm);
const numberOf = (note = ''): string => /^\d+(?=\. )/.exec(note)?.[0] ?? '';
const placeOf = (text: string) => {
  const [module = '', subModule] = text.split(' / ');
  return { module, ...(subModule !== undefined && { subModule }) };
};

describe('the matrix of Zoho CRM', () => {
  it.each(listed)('ZH-5 refuses what item $number of the document names', ({ number, refuses }) => {
    const entries = (zohoCrm.disabledActions ?? []).filter(({ note }) => numberOf(note) === number);
    const said = entries.map(({ module, subModule, action }) => {
      const place = subModule === undefined ? module : `${module} / ${subModule}`;
      return action === undefined ? place : `${place}: ${action}`;
    });
    expect(said).toEqual(refuses);
    for (const each of refuses) {
      const [place = '', only] = each.split(': ');
      for (const action of only === undefined ? namedActions(zohoCrm) : [only]) {
        expect(permits(compiled, { ...placeOf(place), action }), `${place}: ${action}`).toBe(false);
        expect(explain(compiled, { ...placeOf(place), action })).toContain(`the matrix disables "${action}"`);
      }
    }
  });

  it('ZH-5 has all 32 items: 29 refusals, 15 that keeps viewing, and 17 and 20 that are told where they belong', () => {
    const inList = new Set((zohoCrm.disabledActions ?? []).map(({ note }) => numberOf(note)));
    expect(inList.size).toBe(30);
    const onPlaces = zohoCrm.modules.flatMap(({ note, subModules = [] }) => [
      note,
      ...subModules.map((each) => each.note),
    ]);
    const told = onPlaces.map(numberOf).filter((number) => number !== '');
    expect(told.toSorted()).toEqual(['17', '20']);
    expect([...inList, ...told].map(Number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 32 }, (_, at) => at + 1),
    );
    expect(permits(compiled, { module: 'Setup', subModule: 'Connections', action: 'Read' })).toBe(true);
  });

  it('ZH-5 allows in every place, of every action, what an administrator has without the items, and no deleting', () => {
    const all = ['Read', 'Create', 'Edit', 'Update'];
    expectExactly(
      zohoCrm,
      new Map([
        ['Records', all],
        ['Reports', all],
        ['Emails', ['Read']],
        ['Online Meetings', ['Read']],
        ['Setup', all],
        ['Setup / Users', ['Read']],
        ['Setup / Account Subscription', ['Read']],
        ['Setup / Email Permissions', ['Read']],
        ['Setup / Audit Log', ['Read']],
        ['Setup / ZSC Keys', ['Read']],
        ['Setup / Admin-level Permissions', ['Read']],
        ['Setup / Integrations', ['Read']],
        ['Setup / Customizations', all],
        ['Setup / Connections', ['Read']],
        ['Setup / Assignment Rule', all],
      ]),
    );
  });

  it('ZH-10 does not mask, as customers are told', () => {
    expect(zohoCrm.masking).toBe('Disabled');
  });
});
