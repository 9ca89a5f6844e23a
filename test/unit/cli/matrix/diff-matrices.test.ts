import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { differencesOf } from '../../../../cli/matrix/compare-matrices.ts';
import type { SupportPermissionMatrix } from '../../../../crds/generated/support-permission-matrix.ts';
import { compileMatrix, permits } from '../../../../crds/rules/matrix/matrix.ts';
import { type Called, call } from '../../../kit/cli/call.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { aFolder } from '../../../kit/records/store-file.ts';

type Spec = SupportPermissionMatrix['spec'];

const withSpec = (spec: Partial<Spec>): SupportPermissionMatrix => {
  const matrix = aMatrix();
  return { ...matrix, spec: { ...matrix.spec, ...spec } };
};

/** Written out: a file with aliases is refused. */
const text = (document: unknown): string => stringify(document, { aliasDuplicateObjects: false });

async function diff(a: Partial<Spec>, b: Partial<Spec>, ...words: string[]): Promise<Called> {
  const file = join(aFolder(), 'a.yaml');
  writeFileSync(file, text(withSpec(a)));
  return call(['matrix', 'diff', file, '-', ...words], { stdin: text(withSpec(b)) });
}

const jobs = (...actions: string[]): Partial<Spec> => ({
  modules: [{ name: 'Jobs', access: 'Limited', actions }],
  disabledActions: [],
});
const rules = (...given: NonNullable<Spec['kubernetes']>['rules']): Partial<Spec> => ({
  kubernetes: { clusterRole: 'ecase-1', rules: given },
});
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get' as const] };

describe('matrix diff', () => {
  it('says nothing but that they are the same where they are', async () => {
    const { code, out } = await diff({}, {});
    expect(code).toBe(0);
    expect(out).toMatch(/^B lets in the same as A\.\nA: the file \S+\nB: the text on stdin\n$/);
  });

  it('says first whether B lets more in, then what, in words and as a table', async () => {
    const { code, out } = await diff(jobs('Run'), jobs('Stop'));
    expect(code).toBe(1);
    expect(out).toMatch(/^B lets more in than A, and less elsewhere\.\n/);
    expect(out).toContain('+ B allows Stop in Jobs; A does not\n- A allows Run in Jobs; B does not\n');
    expect(out).toContain('MODULE   ONLY IN   ACTIONS\nJobs     B         Stop\nJobs     A         Run\n');
  });

  it.each<[string, Partial<Spec>, Partial<Spec>, string, string]>([
    ['an action more', jobs(), jobs('Run'), 'more', 'B allows Run in Jobs; A does not'],
    [
      'an action that is disabled no more',
      { ...jobs('Run'), disabledActions: [{ module: 'Jobs', action: 'Run' }] },
      jobs('Run'),
      'more',
      'B allows Run in Jobs',
    ],
    [
      'an action that is disabled now',
      jobs('Run'),
      { ...jobs('Run'), disabledActions: [{ module: 'Jobs', action: 'Run' }] },
      'less',
      'A allows Run in Jobs',
    ],
    ['no masking', {}, { masking: 'Disabled' }, 'more', 'B does not mask EmailAddress; A does'],
    ['masking', { masking: 'Disabled' }, {}, 'less', 'A does not mask EmailAddress; B does'],
    [
      'a list of classes in place of all',
      { maskedClasses: undefined as never },
      {},
      'more',
      'B does not mask Iban, PaymentCard, NationalId, PhoneNumber, DateOfBirth, IpAddress, Secret; A does',
    ],
    [
      'versions where there were none',
      {},
      { appliesTo: { versions: '>=2' } },
      'less',
      'A fits every version, B the versions >=2',
    ],
    ['every version', { appliesTo: { versions: '>=2' } }, {}, 'more', 'B every version'],
    [
      'other versions, which may be more',
      { appliesTo: { versions: '>=2' } },
      { appliesTo: { versions: '>=3' } },
      'more',
      'B the versions >=3',
    ],
    [
      'an edition more',
      { appliesTo: { editions: ['SaaS'] } },
      { appliesTo: { editions: ['SaaS', 'Own'] } },
      'more',
      'B also fits Own',
    ],
    ['every edition', { appliesTo: { editions: ['SaaS'] } }, {}, 'more', 'B also fits every edition'],
    ['a Kubernetes right', {}, rules(pods), 'more', 'B lets support look at pods; A does not (get)'],
    [
      'a right that names no object any more',
      rules({ ...pods, resourceNames: ['a'] }),
      rules(pods),
      'more',
      'B lets support look at pods; A does not',
    ],
    [
      'a right to an object that is named now',
      rules(pods),
      rules({ ...pods, resourceNames: ['a'] }),
      'less',
      'A lets support look at pods; B does not',
    ],
    [
      'another order of rights',
      rules(pods, { ...pods, verbs: ['list'] }),
      rules({ ...pods, verbs: ['list', 'get'] }),
      'same',
      '',
    ],
    ['another system', {}, { system: 'other' }, 'more', 'A is for the system ecase, B for other'],
    ['another title', {}, { title: 'Other' }, 'same', 'the title is another'],
  ])('tells %s', async (...[, a, b, verdict, says]) => {
    const { code, out } = await diff(a, b, '-o', 'json');
    const data = JSON.parse(out) as { verdict: string; differences: { says: string }[] };
    expect(data.verdict).toBe(verdict);
    expect(data.differences.map((each) => each.says).join('\n')).toContain(says);
    expect(code).toBe(says === '' ? 0 : 1);
  });

  it('compares one with the product’s own, which is A', async () => {
    const { out } = await call(['matrix', 'diff', '-', '--system', 'casepoint-ecase'], {
      stdin: stringify(aMatrix()),
    });
    expect(out).toContain("A: the product's matrix for casepoint-ecase\nB: the text on stdin\n");
  });

  it('cannot tell where one is no matrix, and says so of one that would be refused', async () => {
    expect(await diff({}, { modules: [{} as never] })).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining(
        'so it cannot be compared; see what with kubectl support-access matrix lint',
      ) as string,
    });
    const refused = await diff({}, { modules: [{ name: 'A' }] });
    expect(refused.err).toContain('would be refused');
  });

  it.each([
    [['x.yaml'], 'two matrices must be given'],
    [['-', '-'], 'stdin is read once'],
    [['a.yaml', 'b.yaml', '--system', 'casepoint-ecase'], 'two matrices must be given'],
  ])('takes two of them: %j', async (words, says) => {
    const called = await call(['matrix', 'diff', ...words]);
    expect(called).toMatchObject({ code: 4, out: '' });
    expect(called.err).toContain(says);
  });
});

describe('for any two matrices', () => {
  const names = ['A', 'B'] as const;
  const actions = ['Run', 'Stop'] as const;
  const place = {
    access: fc.constantFrom('Read' as const, 'Limited' as const),
    actions: fc.uniqueArray(fc.constantFrom(...actions)),
  };
  const below = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), ...place }), {
    selector: ({ name }) => name,
  });
  const anyModules = fc.uniqueArray(
    fc.record({ name: fc.constantFrom(...names), ...place, subModules: below }),
    {
      selector: ({ name }) => name,
      minLength: 1,
    },
  );
  const disabled = fc.array(
    fc.record({ module: fc.constantFrom(...names), action: fc.constantFrom('Read', ...actions) }),
    { maxLength: 2 },
  );
  const anySpec = fc
    .record({ modules: anyModules, disabledActions: disabled })
    .map((spec): Spec => ({ ...withSpec({}).spec, ...spec }));
  const targets = names.flatMap((module) =>
    [undefined, ...names].flatMap((subModule) =>
      ['Read', ...actions].map((action) => ({
        module,
        action,
        ...(subModule !== undefined && { subModule }),
      })),
    ),
  );

  it('more is told exactly where the product permits more, and less is more from the other side', () => {
    fc.assert(
      fc.property(anySpec, anySpec, (a, b) => {
        const [ofA, ofB] = [compileMatrix(a), compileMatrix(b)];
        const more = targets.filter((target) => permits(ofB, target) && !permits(ofA, target));
        const told = differencesOf(a, b)
          .filter(({ side }) => side === 'more')
          .flatMap(({ place: at, actions: each = [] }) => each.map((action) => ({ ...at, action })));
        const sorted = (list: readonly object[]) =>
          list.map((each) => JSON.stringify(each, ['module', 'subModule', 'action'])).toSorted();
        expect(sorted(told)).toEqual(sorted(more));
        const sides = (list: ReturnType<typeof differencesOf>, side: string) =>
          list.filter((each) => each.side === side).map(({ place: at, actions: each }) => ({ at, each }));
        expect(sides(differencesOf(b, a), 'less')).toEqual(sides(differencesOf(a, b), 'more'));
      }),
    );
  });
});
