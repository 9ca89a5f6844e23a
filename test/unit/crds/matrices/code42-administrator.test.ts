import { describe, it } from 'vitest';
import { code42Administrator } from '../../../../crds/matrices/code42-administrator.ts';
import { expectExactly } from './expect-matrix.ts';

describe('the matrix of Code42', () => {
  it('C42-6 lets investigate and adjust settings, and nothing about rights of users or support access', () => {
    expectExactly(
      code42Administrator,
      new Map([
        ['Environment', ['Read', 'Adjust Settings']],
        ['Audit Log', ['Read']],
        ['Users', ['Read']],
      ]),
    );
  });
});
