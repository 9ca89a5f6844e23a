/** What people read in a notice, and what no notice may carry into a header or a page. */
import { describe, expect, it } from 'vitest';
import { noticeEventNames } from '../../../../crds/notices/events.ts';
import { languages } from '../../../../crds/notices/languages/index.ts';
import { lineNames } from '../../../../crds/notices/languages/language.ts';
import type { Notice } from '../../../../crds/notices/notice.ts';
import { renderNotice } from '../../../../crds/notices/render.ts';
import { toldOfGrant } from '../../../../crds/notices/told.ts';
import { clockFaces } from '../../../../process/clock-face.ts';
import { aGrant, fromAddresses } from '../../../kit/objects/grant.ts';
import { withSpec } from '../../../kit/objects/object.ts';

const at = Date.parse('2026-12-01T08:00:05Z');
const opened: Notice = {
  event: 'GrantOpened',
  at,
  who: { certainty: 'proved', username: 'grace@example.com' },
  installation: { customer: 'Example Corporation', host: 'support.example.com' },
  record: '0193a1f0-0000-7000-8000-000000000001',
  ...toldOfGrant(aGrant()),
};
const inZone = (zone: string, tag: keyof typeof languages = 'en') => ({
  language: languages[tag],
  faceOf: clockFaces(zone),
});

describe('C42-5 a notice', () => {
  it('says the state, when, who, what, until, from where, why, and what to do', () => {
    const { subject, text } = renderNotice(opened, inZone('Europe/Berlin'));
    expect(subject).toBe('[support access] Support access is open: ecase/case-4711');
    expect(text).toBe(`State: Open: the people below may sign in now.
When: Tuesday, 1 December 2026, 09:00:05 Europe/Berlin, UTC+01:00 (2026-12-01T08:00:05Z)
Who did it: grace@example.com (proved: the API server said so by its certificate)
What: SupportAccessGrant ecase/case-4711
Support people: ada
Application: ecase
Permissions: ecase-1
From addresses: 203.0.113.0/25
Until: Thursday, 3 December 2026, 09:00:00 Europe/Berlin, UTC+01:00 (2026-12-03T08:00:00Z)
Reason: Mail jobs have been stuck since Monday
Record: 0193a1f0-0000-7000-8000-000000000001
Installation: Example Corporation (support.example.com)

If you did not expect this: Close it with: kubectl support-access grant disable NAME -n NAMESPACE. Where you trust nothing of it: kubectl support-access revoke all.

-- 
You get this since the policy of support access names you. No one can open or close anything by answering it.
`);
  });

  it('says the same in German, with the same instants', () => {
    const { subject, text } = renderNotice(opened, inZone('America/St_Johns', 'de'));
    expect(subject).toBe('[support access] Der Supportzugang ist offen: ecase/case-4711');
    expect(text).toContain(
      'Wann: Dienstag, 1. Dezember 2026, 04:30:05 Uhr America/St_Johns, UTC-03:30 (2026-12-01T08:00:05Z)',
    );
    expect(text).toContain('Wer es war: grace@example.com (bewiesen:');
  });

  it.each([
    [
      'claimed',
      { certainty: 'claimed', username: 'grace' },
      'grace (claimed: it was said, and is not proved)',
    ],
    ['unknown', { certainty: 'unknown' }, 'unknown: nothing says for certain who it was'],
    ['the product', { certainty: 'product' }, 'no person: it followed from the rules'],
  ] as const)('says in words who it was where that is %s', (_what, who, words) => {
    expect(renderNotice({ ...opened, who }, inZone('UTC')).text).toContain(`Who did it: ${words}`);
  });

  it('says how many were folded into it, and when the last one was', () => {
    const folded = { count: 10_000, lastAt: at + 59_000 };
    expect(renderNotice({ ...opened, folded }, inZone('UTC')).text).toContain(
      'How often: 10000 times; the last one was Tuesday, 1 December 2026, 08:01:04 UTC, UTC+00:00 (2026-12-01T08:01:04Z)',
    );
  });

  it('an empty list of addresses is said in words', () => {
    const notice = { ...opened, ...toldOfGrant(aGrant(fromAddresses())) };
    expect(renderNotice(notice, inZone('UTC')).text).toContain('From addresses: any address that the policy');
  });

  it('what is written in an object ends no line and no header, and is no markup', () => {
    const reason = 'x\r\nBcc: eve@example.com\n\n<img src=//evil.example>\u202e';
    const { subject, text, html } = renderNotice(
      {
        ...opened,
        ...toldOfGrant(aGrant(withSpec({ reason }))),
        what: { kind: 'SupportAccessGrant', name: 'a\r\nBcc: eve@example.com' },
      },
      inZone('UTC'),
    );
    expect(subject).toBe('[support access] Support access is open: a\\u000d\\u000aBcc: eve@example.com');
    expect(text).not.toMatch(/^Bcc/m);
    expect(text).toContain('Reason: x\\u000d\\u000aBcc: eve@example.com\\u000a\\u000a<img');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=//evil.example&gt;\\u202e');
  });

  it('a long text is cut, and so is a long list', () => {
    const people = Array.from({ length: 1000 }, (_, number) => `person-${number}`);
    const { text } = renderNotice({ ...opened, people, why: 'x'.repeat(5000) }, inZone('UTC'));
    expect(text).toContain('person-19, … (+980)');
    expect(text.length).toBeLessThan(3000);
  });
});

describe('the catalogue', () => {
  it.each(Object.entries(languages))('%s says each notice and names each line', (tag, language) => {
    expect(language.tag).toBe(tag);
    expect(Object.keys(language.events)).toEqual(noticeEventNames);
    expect(Object.keys(language.labels)).toEqual([...lineNames]);
    const texts = noticeEventNames.flatMap((event) => Object.values(language.events[event]));
    expect(texts.filter((text) => text.trim() === '' || /[\r\n]/.test(text))).toEqual([]);
    const titles = noticeEventNames.map((event) => language.events[event].title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
