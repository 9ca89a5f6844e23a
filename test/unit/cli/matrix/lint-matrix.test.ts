import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { SupportPermissionMatrix } from '../../../../crds/generated/support-permission-matrix.ts';
import { problemLine } from '../../../../crds/rules/problem.ts';
import { type Called, call } from '../../../kit/cli/call.ts';
import { refusalComplaints } from '../../../kit/messages/good-message.ts';

type Spec = SupportPermissionMatrix['spec'];

const aMatrix = (spec: Partial<Spec> = {}): unknown => ({
  apiVersion: 'supportaccess.dev/v1beta1',
  kind: 'SupportPermissionMatrix',
  metadata: { name: 'shop-3' },
  spec: {
    system: 'shop',
    revision: 3,
    masking: 'Enabled',
    modules: [{ name: 'Orders', access: 'Read' }],
    ...spec,
  },
});

const lint = async (document: unknown, ...words: string[]): Promise<Called> =>
  call(['matrix', 'lint', '-', ...words], { stdin: stringify(document) });

interface Finding {
  readonly severity: string;
  readonly field: string;
  readonly value?: string;
  readonly rule: string;
  readonly fix: string;
}

/** The findings about a spec, each as `severity field rule`. */
async function findings(spec: Partial<Spec>): Promise<string[]> {
  const { out } = await lint(aMatrix(spec), '-o', 'json');
  const { findings: found } = JSON.parse(out) as { findings: readonly Finding[] };
  for (const { field, value, rule, fix } of found) {
    const text = problemLine({ field, rule, fix, ...(value !== undefined && { value }) });
    // What is unwise is no refusal, but is said as well as one.
    expect(refusalComplaints({ text: `${text} must`, field })).toEqual([]);
    expect(fix).not.toBe('');
  }
  return found.map(({ severity, field, rule }) => `${severity} ${field} ${rule}`);
}

const limited = (...actions: string[]) => [{ name: 'Orders', access: 'Limited' as const, actions }];
const rights = (rule: Partial<NonNullable<Spec['kubernetes']>['rules'][number]>): Partial<Spec> => ({
  kubernetes: {
    clusterRole: 'shop-3',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], ...rule }],
  },
});

describe('matrix lint', () => {
  it('takes a place that is shut on purpose for good, and Everything without actions for looking alone', async () => {
    const modules = [
      { name: 'Orders', access: 'Everything' as const },
      { name: 'Payroll', access: 'Everything' as const },
    ];
    const disabledActions = [{ module: 'Payroll', note: '7. Payroll' }];
    expect(await findings({ actions: ['Save'], modules, disabledActions })).toEqual([]);
    expect(await findings({ modules, disabledActions })).toEqual([
      expect.stringMatching(/^unwise spec\.modules\[0\]\.access should list actions in spec\.actions/),
      expect.stringMatching(/^unwise spec\.modules\[1\]\.access should list actions in spec\.actions/),
    ]);
  });

  it('says that a good matrix is good', async () => {
    const called = await lint(aMatrix());
    expect(called).toEqual({ code: 0, out: '', err: 'The text on stdin is good.\n' });
  });

  it('says everything at once, what is wrong before what is unwise, within 80 columns', async () => {
    const modules = [...limited('Save'), { name: 'Orders' }];
    const { code, out, err } = await lint(aMatrix({ masking: 'Disabled', modules, revision: 4 }));
    expect(code).toBe(1);
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'wrong spec.modules[1].name: "Orders": must be listed once, and is spec.modules[0]',
    );
    expect(text).toContain('wrong metadata.name: "shop-3": must end in -4, the revision; write shop-4');
    expect(text).toContain('wrong spec.modules[1]: "Orders": must have access');
    expect(text).toContain('unwise spec.masking: "Disabled"');
    expect(out.lastIndexOf('wrong ')).toBeLessThan(out.indexOf('unwise '));
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(err).toBe('The text on stdin would be refused: 3 things are wrong, 1 thing is unwise.\n');
  });

  it('takes what is unwise for good, and with --strict for wrong', async () => {
    const unwise = aMatrix({ masking: 'Disabled' });
    expect(await lint(unwise)).toMatchObject({ code: 0, err: expect.stringContaining('would be taken') });
    expect(await lint(unwise, '--strict')).toMatchObject({ code: 1 });
  });

  it('reads what kubectl get prints, whose status no one applies', async () => {
    const printed = { ...(aMatrix() as object), status: { conditions: [] } };
    expect(await lint(printed)).toMatchObject({ code: 0 });
  });

  it('escapes what it shows: a file cannot write to the terminal', async () => {
    const { out } = await lint(aMatrix({ modules: [{ name: '\u001b[2Jx', access: 'Read' }] }));
    expect(out).toContain('\\u001b[2Jx');
    expect(out).not.toContain('\u001b');
  });

  it.each([
    ['no matrix', ['matrix', 'lint'], 4, '--system'],
    ['a matrix and a system', ['matrix', 'lint', '-', '--system', 'casepoint-ecase'], 4, 'either'],
    ['a name that no object can have', ['matrix', 'lint', 'Shop'], 4, 'write ./Shop'],
    ['a file that is not there', ['matrix', 'lint', './nowhere'], 3, 'the file ./nowhere does not exist'],
    ['a file without an ending that is not there', ['matrix', 'lint', '/nowhere'], 3, 'cannot be read'],
  ])('says what is wrong with a call that has %s', async (_what, words, code, says) => {
    const called = await call(words);
    expect(called).toMatchObject({ code, out: '' });
    expect(called.err).toContain(says);
  });
});

describe('wrong is', () => {
  it.each<[string, Partial<Spec>, string]>([
    [
      'a disabled action that no module lists',
      { disabledActions: [{ module: 'Orders', action: 'Sav' }] },
      'spec.disabledActions[0].action must be one that the matrix lists',
    ],
    [
      'a right that the product gives to no one',
      rights({ resources: ['secrets'] }),
      'spec.kubernetes.rules[0].resources[0] must not be given: it holds credentials',
    ],
    [
      'an action beside access: Read',
      { modules: [{ name: 'A', access: 'Read', actions: ['Save'] }] },
      'spec.modules[0].actions must not list actions with access: Read',
    ],
    [
      'a class of data that is not known',
      { maskedClasses: ['Name' as never] },
      'spec.maskedClasses[0] must be one of EmailAddress, Iban, PaymentCard, NationalId, PhoneNumber, DateOfBirth, IpAddress, Secret',
    ],
  ])('%s', async (_what, spec, says) => {
    expect(await findings(spec)).toContain(`wrong ${says}`);
  });
});

describe('unwise is', () => {
  it.each<[string, Partial<Spec>, string]>([
    ['to mask nothing', { masking: 'Disabled' }, 'spec.masking should be Enabled'],
    [
      'to name classes where nothing is masked',
      { masking: 'Disabled', maskedClasses: ['EmailAddress'] },
      'spec.maskedClasses must not be read as masking',
    ],
    [
      'Limited without actions',
      { modules: [{ name: 'A', access: 'Limited' }] },
      'spec.modules[0].access should list actions',
    ],
    [
      'to take looking away and leave an action',
      { modules: limited('Save'), disabledActions: [{ module: 'Orders', action: 'Read' }] },
      'spec.modules[0] should allow looking where it allows Save',
    ],
    [
      'a place of which nothing is left',
      { disabledActions: [{ module: 'Orders', action: 'Read' }] },
      'spec.modules[0] should allow something',
    ],
    [
      'one action in two spellings',
      { modules: limited('Clear Log', 'clear  log') },
      'spec.modules[0].actions[1] should be written as spec.modules[0].actions[0]',
    ],
    [
      'two modules that read the same',
      {
        modules: [
          { name: 'Order-Log', access: 'Read' },
          { name: 'Order Log', access: 'Read' },
        ],
      },
      'spec.modules[1].name should be written as spec.modules[0].name',
    ],
    [
      'a name with what no one sees',
      { modules: [{ name: 'Or\u200bders', access: 'Read' }] },
      'spec.modules[0].name should have visible characters only',
    ],
    [
      'a module that is nearly one of the document',
      { system: 'casepoint-ecase', modules: [{ name: 'Email Logs', access: 'Read' }] },
      'spec.modules[0].name should be "Email Log"',
    ],
    [
      'to disable one action twice',
      {
        modules: limited('Save'),
        disabledActions: [
          { module: 'Orders', action: 'Save' },
          { module: 'Orders', action: 'Save' },
        ],
      },
      'spec.disabledActions[1] should be listed once',
    ],
    [
      'a right in a group that does not have the kind',
      rights({ resources: ['deployments'] }),
      'spec.kubernetes.rules[0].resources[0] should stand under the API group "apps"',
    ],
    [
      'a right to what is in no namespace',
      rights({ resources: ['nodes'] }),
      'spec.kubernetes.rules[0].resources[0] should be a kind of namespaces',
    ],
    [
      'a shell',
      rights({ resources: ['pods/exec'], resourceNames: ['a'], verbs: ['create'] }),
      'spec.kubernetes.rules[0].resources[0] should be left out',
    ],
    [
      'every ConfigMap',
      rights({ resources: ['configmaps'] }),
      'spec.kubernetes.rules[0].resources[0] should be named',
    ],
    [
      'logs',
      rights({ resources: ['pods/log'] }),
      'spec.kubernetes.rules[0].resources[0] should be given where logs hold no personal data',
    ],
    [
      'to change every object of a kind',
      rights({ resources: ['services'], verbs: ['patch'] }),
      'spec.kubernetes.rules[0].verbs should be for named objects',
    ],
    [
      'to create what has a name already',
      rights({ resources: ['services'], verbs: ['create'], resourceNames: ['a'] }),
      'spec.kubernetes.rules[0].verbs should stand in a rule without resourceNames',
    ],
    [
      'to watch without reading',
      rights({ verbs: ['watch'] }),
      'spec.kubernetes.rules[0].verbs should stand beside list or get',
    ],
  ])('%s', async (_what, spec, says) => {
    const found = await findings(spec);
    expect(found.filter((each) => each.startsWith(`unwise ${says}`))).toHaveLength(1);
  });

  it('nothing that is refused anyway', async () => {
    expect(await findings(rights({ resources: ['secrets'] }))).toHaveLength(1);
  });
});
