/**
 * Every message with which the plugin can fail, read from its source: plain, with the rule, and with an example or the way
 * out. A message that is added later is judged without a line here; test/integration/cli/messages.test.ts provokes them.
 */
import { describe, expect, it } from 'vitest';
import { failuresIn, hole } from '../../kit/messages/failures-in-source.ts';
import { plainComplaints, problemComplaints, refusalComplaints } from '../../kit/messages/good-message.ts';
import { quotesInTests, runsIn } from '../../kit/messages/quotes-in-tests.ts';

/** What says no to what a person typed or wrote. */
const refusing = new Set(['UsageError', 'Refused']);
/** What tells of something that is not as it should be. */
const telling = new Set(['CannotTell', 'ResponseLost', 'failed', 'toDo']);
/** What is said beside the output: it refuses nothing, and is only to be plain. */
const saying = new Set(['say']);

const failures = failuresIn('cli', new Set([...refusing, ...telling, ...saying]));

/** Words of another catalogue: of the rules, the API server, the records or the system, each of which has its own table. */
const isElsewhere = (text: string): boolean =>
  !/[a-z]{4}/.test(text.replace(/^refused:/, '').replaceAll(hole, ''));

/** As a person reads it: a value, or words that have a way out of their own. */
const shown = (text: string): string => text.replaceAll(hole, 'x');

describe('each failure of the plugin', () => {
  it('is found, in every file that has one', () => {
    expect(failures.length).toBeGreaterThan(90);
    expect(new Set(failures.map(({ place }) => place.split(':')[0])).size).toBeGreaterThan(20);
  });

  it('that refuses something names the rule, and an example or the way out', () => {
    const found = failures.filter(({ kind, text }) => refusing.has(kind) && !isElsewhere(text));
    const complaints = found.flatMap(({ place, text }) =>
      refusalComplaints({ text: shown(text) }).map((each) => `${place} ${each}: ${text}`),
    );
    expect(complaints).toEqual([]);
  });

  it('that tells of something names the way out', () => {
    const found = failures.filter(({ kind, text }) => telling.has(kind) && !isElsewhere(text));
    const complaints = found.flatMap(({ place, text }) =>
      problemComplaints(shown(text)).map((each) => `${place} ${each}: ${text}`),
    );
    expect(complaints).toEqual([]);
  });

  it('that is said beside the output is plain', () => {
    const found = failures.filter(({ kind, text }) => saying.has(kind) && !isElsewhere(text));
    expect(found.length).toBeGreaterThan(20);
    const complaints = found.flatMap(({ place, text }) =>
      plainComplaints(shown(text)).map((each) => `${place} ${each}: ${text}`),
    );
    expect(complaints).toEqual([]);
  });

  // Each text, and not each place: a place with two branches says two things.
  it('is provoked by a test, which quotes it', () => {
    const quotes = quotesInTests(['test/unit', 'test/integration', 'test/e2e', 'test/node']);
    const isQuoted = (text: string): boolean =>
      quotes.within(text) ||
      quotes.like(text, hole) ||
      text
        .split(hole)
        .flatMap(runsIn)
        .some((run) => quotes.runs.has(run));
    const texts = new Map(
      failures.filter(({ text }) => !isElsewhere(text)).map(({ text, place }) => [text, place]),
    );
    const unquoted = [...texts].filter(([text]) => !isQuoted(text));
    expect(unquoted.map(([text, place]) => `${place}: ${text}`)).toEqual([]);
  });
});
