import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileMatrix,
  explain,
  matrixHash,
  matrixInForce,
  mostActions,
  permits,
  permitted,
  type Target,
} from '../../../../../crds/rules/matrix/matrix.ts';
import { aMatrix, disabling, withModules } from '../../../../kit/objects/matrix.ts';
import { beingDeleted, withSpec } from '../../../../kit/objects/object.ts';

const matrix = compileMatrix(aMatrix().spec);

/** `Module/Sub-module: Action` as a target. */
function target(text: string): Target {
  const [place = '', action = ''] = text.split(': ');
  const [module = '', subModule] = place.split('/');
  return { module, action, ...(subModule !== undefined && { subModule }) };
}

describe('a permission matrix', () => {
  const answers: Readonly<Record<string, [target: string, allowed: boolean, why: string]>> = {
    'lets look where access is Read': ['Email Log: Read', true, 'allows "Read" in "Email Log"'],
    'lets look where access is Limited': ['Scheduled Jobs: Read', true, 'allows "Read"'],
    'allows a listed action where access is Limited': ['Scheduled Jobs: Run', true, 'allows "Run"'],
    'refuses an action that is not listed there': ['Email Log: Run', false, 'does not list the action "Run"'],
    'refuses an action that is listed nowhere': [
      'Scheduled Jobs: Explode',
      false,
      'does not list the action',
    ],
    'refuses a module that is not listed': ['Payroll: Read', false, 'does not list the module "Payroll"'],
    'refuses a disabled action although it is listed': ['Scheduled Jobs: Delete', false, 'disables "Delete"'],
    'lets look into a sub-module': [
      'Administration/Licences: Read',
      true,
      'in "Administration" / "Licences"',
    ],
    'allows a listed action of a sub-module': ['Administration/Job Log: Clear', true, 'allows "Clear"'],
    'refuses the action of a sibling': ['Administration/Licences: Clear', false, 'does not list the action'],
    'refuses a sub-module that is not listed': ['Administration/Users: Read', false, 'the sub-module'],
    'refuses a sub-module of a module that has none': ['Email Log/Archive: Read', false, 'the sub-module'],
    'refuses a module that is only a heading': [
      'Administration: Read',
      false,
      'does not list the action "Read"',
    ],
    'refuses another letter case': ['email log: Read', false, 'does not list the module'],
    'refuses an action in another letter case': ['Email Log: read', false, 'does not list the action'],
    'refuses a name that every object inherits': ['constructor: toString', false, 'does not list the module'],
    'refuses empty names': [': ', false, 'does not list the module ""'],
  };
  for (const [title, [text, allowed, why]] of Object.entries(answers)) {
    it(title, () => {
      expect(permits(matrix, target(text))).toBe(allowed);
      expect(explain(matrix, target(text))).toContain(why);
    });
  }

  it('disables an action in a module and in all its sub-modules', () => {
    const spec = aMatrix(
      withModules({
        name: 'M',
        access: 'Limited',
        actions: ['Save'],
        subModules: [{ name: 'S', access: 'Limited', actions: ['Save'] }],
      }),
      disabling({ module: 'M', action: 'Save' }),
    ).spec;
    expect(permits(compileMatrix(spec), target('M: Save'))).toBe(false);
    expect(permits(compileMatrix(spec), target('M/S: Save'))).toBe(false);
  });

  it('disables an action in one sub-module only where one is named', () => {
    const spec = aMatrix(
      withModules({
        name: 'M',
        access: 'Limited',
        actions: ['Save'],
        subModules: [
          { name: 'S', access: 'Limited', actions: ['Save'] },
          { name: 'T', access: 'Limited', actions: ['Save'] },
        ],
      }),
      disabling({ module: 'M', subModule: 'S', action: 'Save' }),
    ).spec;
    const allowed = ['M: Save', 'M/S: Save', 'M/T: Save'].map((text) =>
      permits(compileMatrix(spec), target(text)),
    );
    expect(allowed).toEqual([true, false, true]);
  });

  it('disables looking, too', () => {
    const spec = aMatrix(disabling({ module: 'Email Log', action: 'Read' })).spec;
    expect(permits(compileMatrix(spec), target('Email Log: Read'))).toBe(false);
  });

  it('allows nothing in a module or sub-module that is listed twice', () => {
    const twice = compileMatrix(
      aMatrix(
        withModules(
          { name: 'M', access: 'Read', subModules: [{ name: 'S', access: 'Read' }] },
          { name: 'M', access: 'Limited', actions: ['Save'] },
          {
            name: 'N',
            subModules: [
              { name: 'S', access: 'Read' },
              { name: 'S', access: 'Limited', actions: ['Save'] },
            ],
          },
        ),
      ).spec,
    );
    for (const text of ['M: Read', 'M: Save', 'M/S: Read', 'N/S: Read', 'N/S: Save'])
      expect(permits(twice, target(text)), text).toBe(false);
  });

  it('gives no action to a module whose access is Read, even if one is written there', () => {
    const spec = aMatrix(withModules({ name: 'M', access: 'Read', actions: ['Save'] })).spec;
    expect(permits(compileMatrix(spec), target('M: Save'))).toBe(false);
  });

  it('keeps its answers with more than 64 actions', () => {
    const actions = Array.from({ length: 150 }, (_, at) => `Action ${at}`);
    const even = actions.filter((_, at) => at % 2 === 0);
    const modules = compileMatrix(
      aMatrix(
        withModules(
          { name: 'All', access: 'Limited', actions },
          { name: 'Even', access: 'Limited', actions: even },
        ),
      ).spec,
    );
    for (const [at, action] of actions.entries()) {
      expect(permits(modules, { module: 'Even', action })).toBe(at % 2 === 0);
      expect(permits(modules, { module: 'All', action })).toBe(true);
    }
  });

  it.each([31, 32, 33, 64, 65])(
    'gives the next module nothing of the %i actions of the one before',
    (count) => {
      const actions = Array.from({ length: count - 1 }, (_, at) => `Action ${at}`);
      const subModules = [{ name: 'Sub', access: 'Read' as const }];
      const modules = withModules(
        { name: 'All', access: 'Limited', actions },
        { name: 'Heading', subModules },
      );
      const compiled = compileMatrix(aMatrix(modules).spec);
      expect(permitted(compiled)).toEqual([
        { module: 'All', actions: ['Read', ...actions] },
        { module: 'Heading', subModule: 'Sub', actions: ['Read'] },
      ]);
    },
  );

  it('lists everything that it allows, and nothing else', () => {
    expect(permitted(matrix)).toEqual([
      { module: 'Email Log', actions: ['Read'] },
      { module: 'Scheduled Jobs', actions: ['Read', 'Run'] },
      { module: 'Administration', subModule: 'Job Log', actions: ['Read', 'Clear'] },
      { module: 'Administration', subModule: 'Licences', actions: ['Read'] },
    ]);
  });
});

const names = fc.constantFrom('A', 'B', 'C', 'D', 'Read', 'Save', 'Delete');
const access = fc.constantFrom<'Read' | 'Limited' | 'Everything'>('Read', 'Limited', 'Everything');
const places = { name: names, actions: fc.uniqueArray(names, { maxLength: 4 }) };
const subModules = fc.uniqueArray(fc.record({ ...places, access }), {
  selector: ({ name }) => name,
  maxLength: 4,
});
const modules = fc.uniqueArray(
  fc.record({ ...places, access, subModules }, { requiredKeys: ['name', 'actions', 'subModules'] }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 5 },
);
const disabled = fc.array(
  fc.record({ module: names, subModule: names, action: names }, { requiredKeys: ['module'] }),
  { maxLength: 4 },
);

const everything = fc.uniqueArray(names, { maxLength: 3 });
const askedPlaces = fc.tuple(names, fc.option(names, { nil: undefined }), names);

describe('a matrix of everything except', () => {
  const compiled = compileMatrix(
    aMatrix(
      withSpec({ actions: ['Create', 'Edit'] }),
      withModules(
        { name: 'Records', access: 'Everything', actions: ['Export'] },
        { name: 'Setup', access: 'Everything', subModules: [{ name: 'Users', access: 'Read' }] },
      ),
      disabling({ module: 'Records', action: 'Edit' }, { module: 'Setup', subModule: 'Users' }),
    ).spec,
  );
  const answers: Readonly<Record<string, [target: string, allowed: boolean]>> = {
    'allows what the matrix lists for all such places': ['Setup: Edit', true],
    'allows what the place lists besides': ['Records: Export', true],
    'refuses what a place elsewhere lists': ['Setup: Export', false],
    'refuses an action that no list names': ['Records: Delete', false],
    'refuses a module that it does not list': ['Reports: Create', false],
    'refuses a sub-module that it does not list': ['Setup/Roles: Read', false],
    'gives a sub-module nothing that its module has': ['Setup/Users: Edit', false],
    'refuses a disabled action': ['Records: Edit', false],
    'refuses looking where an entry names no action': ['Setup/Users: Read', false],
    'lets look elsewhere in that module': ['Setup: Read', true],
  };
  for (const [title, [text, allowed]] of Object.entries(answers)) {
    it(title, () => {
      expect(permits(compiled, target(text))).toBe(allowed);
    });
  }

  it('allows nothing where it names more actions than any document has', () => {
    const actions = Array.from({ length: mostActions - 1 }, (_, at) => `Action ${at}`);
    const one = (...more: string[]) =>
      compileMatrix(
        aMatrix(withModules({ name: 'M', access: 'Limited', actions: [...actions, ...more] })).spec,
      );
    expect(permits(one(), target('M: Action 7'))).toBe(true);
    expect(permitted(one('One too many'))).toEqual([]);
    expect(permits(one('One too many'), target('M: Read'))).toBe(false);
  });
});

const listedBy = (
  level: 'Read' | 'Limited' | 'Everything',
  own: readonly string[],
  all: readonly string[],
): readonly string[] => ({ Read: [], Limited: own, Everything: [...own, ...all] })[level];

describe('a generated permission matrix', () => {
  it('answers as a plain reading of the lists does', () => {
    fc.assert(
      fc.property(modules, disabled, everything, askedPlaces, (all, off, actions, [module, sub, action]) => {
        const spec = aMatrix(withModules(...all), disabling(...off), withSpec({ actions })).spec;
        const found = all.find(({ name }) => name === module);
        const place = sub === undefined ? found : found?.subModules.find(({ name }) => name === sub);
        const listed =
          place?.access !== undefined &&
          ['Read', ...listedBy(place.access, place.actions, actions)].includes(action);
        const refused = off.some(
          (each) =>
            each.module === module && (each.action ?? action) === action && (each.subModule ?? sub) === sub,
        );
        const asked = { module, action, ...(sub !== undefined && { subModule: sub }) };
        expect(permits(compileMatrix(spec), asked)).toBe(listed && !refused);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('the hash of a matrix', () => {
  it('does not depend on the order of keys', () => {
    const { spec } = aMatrix();
    const turned = Object.fromEntries(Object.entries(spec).toReversed()) as typeof spec;
    expect(matrixHash(turned)).toBe(matrixHash(spec));
  });

  it('changes with every change of the spec', () => {
    const { spec } = aMatrix();
    const others = [
      { ...spec, revision: 2 },
      { ...spec, masking: 'Disabled' as const },
      { ...spec, modules: spec.modules.slice(1) },
      { ...spec, modules: spec.modules.toReversed() },
      { ...spec, title: '' },
    ];
    expect(new Set([spec, ...others].map(matrixHash)).size).toBe(others.length + 1);
  });

  it('is that of an independent reading of RFC 8785', () => {
    const { spec } = aMatrix(withModules({ name: 'Ä', access: 'Read' }), disabling());
    const small = { ...spec, system: 's', revision: 1 };
    // printf '{"disabledActions":[],"maskedClasses":["EmailAddress"],"masking":"Enabled","modules":[{"access":"Read","name":"Ä"}],"revision":1,"system":"s"}' | sha256sum
    expect(matrixHash(small)).toBe('d1dfd9e4e21171c8d63a89abe357cf959061e57363062ea03ff7d9890757cb74');
  });
});

describe('a matrix as decisions need it', () => {
  it('says that it is being deleted, and what it applies to', () => {
    const object = aMatrix(beingDeleted());
    expect(matrixInForce(object)).toMatchObject({
      name: 'ecase-1',
      uid: object.metadata.uid,
      deletionTimestamp: object.metadata.deletionTimestamp,
      hash: matrixHash(object.spec),
    });
    expect(matrixInForce(aMatrix())).not.toHaveProperty('deletionTimestamp');
  });
});
