import { describe, expect, it } from 'vitest';
import { matrices, matrixName } from '../../../../crds/matrices/index.ts';
import { compileMatrix, permitted } from '../../../../crds/rules/matrix/matrix.ts';
import { problemLine } from '../../../../crds/rules/problem.ts';
import { problemsOf } from '../../../../crds/rules/problems/index.ts';

describe('the list of matrices', () => {
  it('has each system once', () => {
    expect(new Set(matrices.map(({ system }) => system)).size).toBe(matrices.length);
  });

  for (const spec of matrices) {
    it(`has ${matrixName(spec)} without any problem`, () => {
      const problems = problemsOf({ kind: 'SupportPermissionMatrix', spec } as never);
      expect(problems.map(problemLine)).toEqual([]);
    });

    it(`allows exactly what ${matrixName(spec)} lists`, () => {
      expect(
        permitted(compileMatrix(spec)).map(({ module, subModule, actions }) =>
          [subModule === undefined ? module : `${module} / ${subModule}`, ...actions].join(': '),
        ),
      ).toMatchSnapshot();
    });
  }
});
