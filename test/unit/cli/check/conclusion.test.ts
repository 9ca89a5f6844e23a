import { describe, expect, it } from 'vitest';
import { conclusionOn } from '../../../../cli/check/conclusion.ts';

const rows = (...states: ('ok' | 'to do' | 'not seen' | 'failed')[]) => states.map((state) => ({ state }));

describe('what is said below the table of checks', () => {
  it('is good only where every check could look', () => {
    expect(conclusionOn(rows('ok', 'ok'), 'before')).toBe('Nothing is installed, and it can be.');
    expect(conclusionOn(rows('ok', 'to do'), 'after')).toBe(
      'The installation works; 1 thing is still to do before someone can come in.',
    );
  });

  it('says of what could not be looked at that it is not known', () => {
    expect(conclusionOn(rows('ok', 'not seen', 'to do'), 'before')).toBe(
      'Nothing is installed, and nothing that was seen stands in the way; 1 thing is to do, or to know, first. 1 of 3 checks could not look: ask a cluster administrator to run it.',
    );
    expect(conclusionOn(rows('ok', 'not seen'), 'after')).toBe(
      'Nothing that was seen of the installation fails. 1 of 2 checks could not look: ask a cluster administrator to run it.',
    );
  });

  it('is bad where one failed, whatever else is', () => {
    expect(conclusionOn(rows('failed', 'not seen', 'ok'), 'before')).toBe(
      'Nothing is installed, and it cannot be installed like this: 1 of 3 checks failed.',
    );
  });
});
