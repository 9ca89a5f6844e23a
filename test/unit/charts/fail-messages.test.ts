/** What Helm says when the chart refuses values: each text of the templates, with the rule and the way out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, root } from '../../kit/architecture/source-files.ts';
import { refusalComplaints } from '../../kit/messages/good-message.ts';
import { quotesInTests, runsIn } from '../../kit/messages/quotes-in-tests.ts';

/** As a person reads them: with a value for each `%s`. */
const texts = filesBelow('charts')
  .filter((path) => /\/templates\/.*\.(?:yaml|tpl)$/.test(path))
  .flatMap((path) => [
    ...readFileSync(join(root, path), 'utf8').matchAll(/\bfail \(?(?:printf )?"((?:[^"\\]|\\.)*)"/g),
  ])
  .map(([, text = '']) => text.replaceAll('\\"', '"'));

describe('each refusal of the chart', () => {
  it('is found', () => {
    expect(texts.length).toBeGreaterThan(8);
  });

  it('names the rule, and an example or the way out', () => {
    const complaints = texts.flatMap((text) =>
      refusalComplaints({ text: text.replaceAll(/%[sd]/g, 'x') }).map((each) => `${each}: ${text}`),
    );
    expect(complaints).toEqual([]);
  });

  it('is provoked by a test, which quotes it', () => {
    const quotes = quotesInTests(['test/unit/charts', 'test/integration', 'test/node', 'test/k3s']);
    const unquoted = texts.filter(
      (text) =>
        !quotes.within(text) &&
        !text
          .split(/%[sd]/)
          .flatMap(runsIn)
          .some((run) => quotes.runs.has(run)),
    );
    expect(unquoted).toEqual([]);
  });
});
