import { describe, expect, it } from 'vitest';
import { matrices, matrixName } from '../../../../crds/matrices/index.ts';
import { problemLine } from '../../../../crds/rules/problem.ts';
import { problemsOf } from '../../../../crds/rules/problems/index.ts';
import { call } from '../../../kit/cli/call.ts';

const examples = {
  'casepoint-collaboration': 'casepoint-collaboration',
  code42: 'code42-administrator',
  'zoho-crm': 'zoho-crm',
} as const;

describe('the example of a source system', () => {
  it.each(Object.entries(examples))(
    '%s has a route for everything that the matrix allows, and for nothing that it refuses',
    async (folder, system) => {
      const file = `examples/${folder}/application.yaml`;
      const { code, out, err } = await call(['routes', 'lint', file, '--system', system, '--strict']);
      expect({ code, out, err }).toEqual({ code: 0, out: '', err: `The file ${file} is good.\n` });
    },
  );

  it.each([
    ['PUT', '/setup/company-details'],
    ['PUT', '/setup/users'],
    ['GET', '/setup/support-access'],
    ['DELETE', '/records/7'],
    ['GET', '/marketplace'],
  ])('zoho-crm has no route for %s %s', async (method, path) => {
    const { code, out } = await call(['routes', 'test', method, path, 'examples/zoho-crm/application.yaml']);
    expect(code, out).toBe(1);
  });
});

describe('the list of matrices', () => {
  it('has each system once', () => {
    expect(new Set(matrices.map(({ system }) => system)).size).toBe(matrices.length);
  });

  for (const spec of matrices) {
    it(`has ${matrixName(spec)} without any problem`, () => {
      const problems = problemsOf({ kind: 'SupportPermissionMatrix', spec } as never);
      expect(problems.map(problemLine)).toEqual([]);
    });

    it(`shows the whole of ${matrixName(spec)} as it is laid beside the document`, async () => {
      const { code, out } = await call(['matrix', 'show', '--system', spec.system], { columns: 200 });
      expect(code).toBe(0);
      await expect(out).toMatchFileSnapshot(`golden/${matrixName(spec)}.txt`);
    });
  }
});
