/** `notices preview`: every notice for a grant that is there, and nothing for a word that is none. */
import { expect, it } from 'vitest';
import { noticeEventNames } from '../../../../crds/notices/events.ts';
import { call } from '../../../kit/cli/call.ts';
import { smallCluster } from '../../../kit/cli/small-cluster.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const preview = async (...words: string[]) => {
  const cluster = await smallCluster();
  const called = await call(['notices', 'preview', ...words, '-n', 'ecase', ...cluster.options], {
    now,
    zone: 'Europe/Berlin',
  });
  return { ...called, writes: cluster.writes() };
};

it('C42-5 preview shows any notice for a grant, and writes nothing', async () => {
  for (const event of noticeEventNames) {
    const { code, out, err, writes } = await preview(event, '--grant', 'case-1');
    expect({ code, err, writes }).toEqual({ code: 0, err: '', writes: 0 });
    expect(out).toContain('What: SupportAccessGrant ecase/case-1\n');
    expect(out).toMatch(/^When: .* Europe\/Berlin, UTC\+01:00 \(2026-12-01T/m);
  }
});

it('says it in German, and as who it was where that is not known', async () => {
  const { out } = await preview('GrantEnded', '--grant', 'case-1', '--language', 'de', '--who', 'unknown');
  expect(out).toMatch(/^\[support access\] Der Supportzugang ist beendet: ecase\/case-1\n/);
  expect(out).toContain('Wer es war: unbekannt');
});

it('prints the mail as data and as HTML', async () => {
  const { out } = await preview('AccessEnabled', '-o', 'json');
  expect(Object.keys(JSON.parse(out) as object)).toEqual(['subject', 'text', 'html']);
  expect((await preview('AccessEnabled', '-o', 'html')).out).toMatch(/^<!doctype html><html lang="en">/);
});

it.each([
  [['Nothing'], 'EVENT must be one of AccessEnabled, AccessDisabled,'],
  [['AccessEnabled', '--language', 'fr'], '--language must be one of en, de, not "fr"; write for example en'],
  [['AccessEnabled', '--who', 'me'], '--who must be one of proved, claimed, unknown, not "me"'],
  [['AccessEnabled', '-o', 'yaml'], '--output must be one of text, html, json, not "yaml"'],
  [
    ['GrantOpened'],
    '--grant must be given for GrantOpened, which is about a grant; name one, for example --grant case-4711',
  ],
])('%j means nothing, and says what does', async (words, said) => {
  const { code, err } = await preview(...words);
  expect(err).toContain(said);
  expect(code).toBe(4);
});
