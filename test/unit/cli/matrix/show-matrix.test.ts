import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Called, call } from '../../../kit/cli/call.ts';
import { aMatrix, withKubernetesRules, withModules } from '../../../kit/objects/matrix.ts';
import { withSpec } from '../../../kit/objects/object.ts';

const show = async (document: unknown, ...words: string[]): Promise<Called> =>
  call(['matrix', 'show', '-', ...words], { stdin: stringify(document) });

const widest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length));

describe('matrix show', () => {
  it('shows each module against each action, what is never allowed, and what is masked', async () => {
    const { code, out, err } = await show(aMatrix());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Matrix   ecase-1 (the text on stdin)
System   ecase, revision 1
Title    none
Fits     every version, every edition
Masked   EmailAddress; everything else is seen as it is

ACTIONS
   1  Read
   2  Run
   3  Delete
   4  Clear

MODULE          1      2      3      4
Email Log       yes    .      .      .
Scheduled Jobs  yes    yes    NEVER  .
Administration  .      .      .      .
  Job Log       yes    .      .      yes
  Licences      yes    .      .      .

yes: allowed   NEVER: refused, wherever it is listed   .: not listed, so refused

Never allowed:
- Delete in Scheduled Jobs and all below it

Kubernetes rights: none.
`);
  });

  it('says Kubernetes rights in words', async () => {
    const rules = [
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['ecase'], verbs: ['get', 'patch'] },
      { apiGroups: [''], resources: ['pods', 'pods/log', 'services'], verbs: ['get', 'list', 'watch'] },
    ] as Parameters<typeof withKubernetesRules>;
    const { out } = await show(aMatrix(withKubernetesRules(...rules)));
    expect(out).toContain('- look at and change deployments (apps), only those named ecase\n');
    expect(out).toContain('- look at pods, the logs of pods and services\n');
  });

  it('fits 80 columns, however many actions and however long names are, and shows each mark once', async () => {
    const long =
      'A module whose name is as long as the schema lets it be, which no table has room for '.repeat(2);
    const actions = Array.from({ length: 31 }, (_, at) => `Action ${at}`);
    const name = long.slice(0, 99);
    const modules = withModules(
      { name, access: 'Limited', actions: actions.slice(0, 16) },
      { name: 'Short', subModules: [{ name: 'Below', access: 'Limited', actions: actions.slice(16) }] },
    );
    const { out } = await show(aMatrix(modules, withSpec({ disabledActions: [] })));
    expect(widest(out)).toBeLessThanOrEqual(80);
    expect(out.match(/\byes {2,}|\byes$/gm)).toHaveLength(1 + 16 + 1 + 15);
    // A sub-module never stands without its module above it.
    for (const table of out.split('\n\n').filter((each) => each.includes('  Below')))
      expect(table).toContain('\nShort');
    const narrow = await call(['matrix', 'show', '-'], {
      stdin: stringify(aMatrix(modules, withSpec({ disabledActions: [] }))),
      columns: 50,
    });
    expect(widest(narrow.out)).toBeLessThanOrEqual(80);
  });

  it('gives programs the same', async () => {
    const { out } = await show(aMatrix(), '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({
      name: 'ecase-1',
      masked: ['EmailAddress'],
      rows: [
        { module: 'Email Log', allowed: ['Read'], never: [] },
        { module: 'Scheduled Jobs', allowed: ['Read', 'Run'], never: ['Delete'] },
        { module: 'Administration', allowed: [], never: [] },
        { module: 'Administration', subModule: 'Job Log', allowed: ['Read', 'Clear'] },
        { module: 'Administration', subModule: 'Licences', allowed: ['Read'] },
      ],
    });
  });

  it('EC-11 shows all rows of the product’s own matrix', async () => {
    const { code, out } = await call(['matrix', 'show', '--system', 'casepoint-ecase']);
    expect(code).toBe(0);
    expect(out.match(/ yes$/gm)).toHaveLength(12);
  });

  it('shows a matrix that would be refused, says why, and exits with 1', async () => {
    const { code, out, err } = await show(
      aMatrix(withModules({ name: 'A', access: 'Read', actions: ['B'] })),
    );
    expect(code).toBe(1);
    expect(out).toContain('\nA       yes    .\n');
    expect(err).toContain('spec.modules[0].actions: must not list actions with access: Read');
    expect(await show({ kind: 'ConfigMap' })).toMatchObject({ code: 1, out: '' });
  });

  it('says of a matrix that masks nothing what that means', async () => {
    const { out } = await show(aMatrix(withSpec({ masking: 'Disabled' })));
    expect(out).toContain('Masked   nothing: support sees personal data as it is\n');
  });
});
