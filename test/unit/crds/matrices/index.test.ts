import { describe, expect, it } from 'vitest';
import { matrices, matrixName } from '../../../../crds/matrices/index.ts';
import { problemLine } from '../../../../crds/rules/problem.ts';
import { problemsOf } from '../../../../crds/rules/problems/index.ts';
import { call } from '../../../kit/cli/call.ts';

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
