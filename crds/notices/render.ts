/** Says a notice: a subject of one line, a text and the same as HTML. Pure; what is said stands in the languages. */
import { escapeUnsafe, shortened } from '../audit/clean-text.ts';
import type { ClockFace, Language, LineName } from './languages/language.ts';
import { lineNames } from './languages/language.ts';
import type { Notice } from './notice.ts';

/** How a notice is said, and on whose clocks. */
export interface Saying {
  readonly language: Language;
  /** What the clocks of the zone show; the zone's rules are not ours. */
  readonly faceOf: (at: number) => ClockFace;
}

export interface RenderedNotice {
  /** One line, without anything that could end a header. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A line as it is read: what it is called, and what it is. */
export interface SaidLine {
  readonly name: LineName;
  readonly label: string;
  readonly value: string;
}

const longestSubject = 200;
const longestValue = 1000;
const mostListed = 20;

/** The notice in words. */
export function renderNotice(notice: Notice, saying: Saying): RenderedNotice {
  const { language } = saying;
  const lines = saidLinesOf(notice, saying);
  const { unexpected } = language.events[notice.event];
  return {
    subject: subjectLineOf(notice, saying),
    text: asText(lines, { heading: language.unexpected, unexpected, footer: language.footer }),
    html: asHtml(lines, {
      tag: language.tag,
      subject: subjectLineOf(notice, saying),
      heading: language.unexpected,
      unexpected,
      footer: language.footer,
    }),
  };
}

/** The subject: `[support access] …: ecase/case-4711`. */
export function subjectLineOf({ event, what }: Notice, { language }: Saying): string {
  const about = what === undefined ? '' : `: ${placeOf(what)}`;
  return shortened(escapeUnsafe(`[support access] ${language.events[event].title}${about}`), longestSubject);
}

/** The lines in the order of reading; what is not known of a notice is left out, but who did it is always said. */
export function saidLinesOf(notice: Notice, saying: Saying): readonly SaidLine[] {
  const { language } = saying;
  const values = valuesOf(notice, saying);
  return lineNames.flatMap((name) => {
    const value = values[name];
    return value === undefined
      ? []
      : [{ name, label: language.labels[name], value: shortened(escapeUnsafe(value), longestValue) }];
  });
}

function valuesOf(notice: Notice, saying: Saying): Readonly<Record<LineName, string | undefined>> {
  const { language } = saying;
  const { event, at, who, what, people, from, until, folded, installation } = notice;
  const name = 'username' in who ? (who.username ?? '') : '';
  return {
    state: language.events[event].state,
    when: shownInstant(at, saying),
    who: language.who(who.certainty, name),
    what: what === undefined ? undefined : `${what.kind} ${placeOf(what)}`,
    people: listed(people, language.notGiven),
    application: notice.application,
    matrix: notice.matrix,
    from: listed(from, language.anyAddress),
    until: until === undefined ? undefined : shownInstant(until, saying),
    why: notice.why,
    folded: folded && language.folded(folded.count, shownInstant(folded.lastAt, saying)),
    record: notice.record,
    installation:
      installation.customer === undefined
        ? installation.host
        : `${installation.customer} (${installation.host})`,
  };
}

/** On the clocks of the zone, and as the instant, which is the same everywhere. */
export function shownInstant(at: number, { language, faceOf }: Saying): string {
  const face = faceOf(at);
  return `${language.date(face)}, UTC${offsetOf(face)} (${new Date(at).toISOString().replace('.000Z', 'Z')})`;
}

function offsetOf({ offsetMinutes }: ClockFace): string {
  const sign = offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function placeOf({ namespace, name }: NonNullable<Notice['what']>): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function listed(values: readonly string[] | undefined, none: string): string | undefined {
  if (values === undefined) return undefined;
  if (values.length === 0) return none;
  const more = values.length > mostListed ? `, … (+${values.length - mostListed})` : '';
  return values.slice(0, mostListed).join(', ') + more;
}

interface Around {
  readonly heading: string;
  readonly unexpected: string;
  readonly footer: string;
}

function asText(said: readonly SaidLine[], { heading, unexpected, footer }: Around): string {
  const lines = said.map(({ label, value }) => `${label}: ${value}`);
  return [...lines, '', `${heading}: ${unexpected}`, '', '-- ', footer, ''].join('\n');
}

function asHtml(
  said: readonly SaidLine[],
  { tag, subject, heading, unexpected, footer }: Around & { readonly tag: string; readonly subject: string },
): string {
  const rows = said.map(
    ({ label, value }) =>
      `<tr><th scope="row" align="left" valign="top">${inHtml(label)}</th><td>${inHtml(value)}</td></tr>`,
  );
  return [
    `<!doctype html><html lang="${tag}"><head><meta charset="utf-8"><title>${inHtml(subject)}</title></head><body>`,
    `<h1 style="font-size:1.2em">${inHtml(subject)}</h1>`,
    `<table cellpadding="4">${rows.join('')}</table>`,
    `<p><strong>${inHtml(heading)}:</strong> ${inHtml(unexpected)}</p><hr><p><small>${inHtml(footer)}</small></p>`,
    '</body></html>\n',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (found) => entities[found] ?? found);
}
