/**
 * The story of a grant as one page: it stands alone, runs no script and loads nothing, so that it can be kept, mailed and
 * printed. Each value is escaped where it is put in.
 */
import { createHash } from 'node:crypto';
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { type Markup, markup } from '../../process/markup.ts';
import { localParts } from '../times/show.ts';
import { targetOf } from './record-table.ts';
import type { Act, Story } from './story.ts';
import { storyStyle } from './story-style.ts';
import { eventIn, outcomeIn, reasonTold, whoAsked } from './story-words.ts';

export interface StoryPage {
  readonly story: Story;
  /** As the person named them. */
  readonly names: readonly string[];
  /** What the verifier said, and whether it found a fault. */
  readonly verified: { readonly says: string; readonly isFaulty: boolean };
  /** Where the records came from. */
  readonly from: string;
  readonly madeAt: number;
  readonly zone: string;
  readonly version: string;
}

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(storyStyle).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The whole page. */
export function storyPage(page: StoryPage): string {
  const title = `Support access: ${page.names.join(', ')}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: storyStyle }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>What the records of support access say about ${grantsIn(page)}: who consented to it, who signed in, what was done and refused,
and how it ended. Each line names its record, by the number that it has in the log.
Times are those of ${page.zone}.</p>
${summary(page)}
${chaptersOf(page)}
${origin(page)}
</main>
</body>
</html>
`.html;
}

function grantsIn({ story: { grants } }: StoryPage): string {
  const told = [...grants].map(([uid, name]) => `the grant ${name} (${uid})`);
  return told.length === 0 ? 'this grant' : told.join(' and ');
}

function summary({ story, verified, zone }: StoryPage): Markup {
  const { signIns, acts, refusals, openings, consent } = story;
  const people = new Set(
    [...signIns, ...acts.map(({ intent }) => intent)].flatMap(({ actor }) =>
      actor.kind === 'support' ? [actor.name] : [],
    ),
  );
  const matrices = new Set(
    [...openings, ...acts.map(({ intent }) => intent)].flatMap(({ decision }) => decision?.matrix ?? []),
  );
  const made = consent.filter(({ type }) => type === 'grant.created' || type === 'grant.changed');
  const rows: readonly (readonly [string, string])[] = [
    ['Consented by', listed(made.map(whoAsked))],
    [
      'Opened',
      listed(openings.filter(({ type }) => type === 'grant.activated').map((one) => timeOf(one, zone))),
    ],
    [
      'Ended',
      listed(
        openings.filter(isEnd).map((one) => `${timeOf(one, zone)}: ${eventIn(one)}`),
        'not yet, as far as these records go',
      ),
    ],
    ['Matrix in force', listed([...matrices])],
    ['Who came', listed([...people], 'no one')],
    ['Done', `${acts.length} ${acts.length === 1 ? 'act was' : 'acts were'} allowed`],
    ['Refused', `${refusals.length} ${refusals.length === 1 ? 'refusal is' : 'refusals are'} recorded`],
  ];
  return markup`<section class="${verified.isFaulty ? 'box bad' : 'box'}">
<h2>In short</h2>
<dl>
${rows.map(
  ([title, value]) => markup`<dt>${title}</dt><dd>${value}</dd>
`,
)}<dt>The records</dt><dd>${verified.says}</dd>
</dl>
</section>`;
}

const ends: readonly string[] = ['grant.expired', 'grant.revoked', 'grant.suspended', 'grant.closed'];

function isEnd({ type }: StoredRecord): boolean {
  return ends.includes(type);
}

function listed(parts: readonly string[], none = 'not recorded'): string {
  return parts.length === 0 ? none : [...new Set(parts)].join('; ');
}

function chaptersOf({ story, zone }: StoryPage): Markup[] {
  const events = (records: readonly StoredRecord[]) => records.map((record) => eventRow(record, zone));
  return [
    chapter('The consent', 'What the customer wrote, and what was fixed by it.', {
      titles: eventTitles,
      rows: events(story.consent),
    }),
    chapter('Openings and ends', 'When access was open, for whom and by which matrix, and why it ended.', {
      titles: eventTitles,
      rows: events(story.openings),
    }),
    chapter('Sign-ins and sessions', 'Who came, and how their sessions ended.', {
      titles: eventTitles,
      rows: events(story.signIns),
    }),
    chapter('What was done', 'Each request that was allowed. It was recorded before it was passed on.', {
      titles: ['Record', 'Time', 'Who', 'What', 'Became'],
      rows: story.acts.map((act) => actRow(act, zone)),
    }),
    chapter('What was refused', 'Each request and sign-in that was not allowed, with the reason.', {
      titles: ['Record', 'Time', 'Who', 'What', 'Why'],
      rows: story.refusals.map((record) => refusalRow(record, zone)),
    }),
    chapter('What else held meanwhile', 'Locks, and the switch for the whole cluster.', {
      titles: eventTitles,
      rows: events(story.around),
    }),
    chapter('Other records about it', 'Of the product itself: questions of the application, repairs.', {
      titles: eventTitles,
      rows: events(story.others),
    }),
  ];
}

const eventTitles = ['Record', 'Time', 'What happened', 'Who', 'Details'] as const;

interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function chapter(title: string, says: string, { titles, rows }: Table): Markup {
  const none = rows.length === 0 ? ' Nothing is recorded.' : '';
  const heading = markup`<h2>${title}</h2>
<p class="quiet">${says}${none}</p>
`;
  if (none !== '') return heading;
  return markup`${heading}<table>
<thead><tr>${titles.map((each) => markup`<th scope="col">${each}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (
    cells,
  ) => markup`<tr>${cells.map((cell, at) => markup`<td data-title="${titles[at] ?? ''}">${escapeUnsafe(cell)}</td>`)}</tr>
`,
)}</tbody>
</table>
`;
}

function eventRow(record: StoredRecord, zone: string): string[] {
  return [record.seq, timeOf(record, zone), eventIn(record), personOf(record), reasonTold(record)];
}

function actRow({ intent, outcome }: Act, zone: string): string[] {
  const seq = outcome === undefined ? intent.seq : `${intent.seq}, ${outcome.seq}`;
  const asked = intent.decision?.matrix === undefined ? '' : ` by ${intent.decision.matrix}`;
  return [seq, timeOf(intent, zone), personOf(intent), `${whatOf(intent)}${asked}`, outcomeIn(outcome)];
}

function refusalRow(record: StoredRecord, zone: string): string[] {
  const what = record.type.startsWith('app.') ? whatOf(record) : eventIn(record);
  return [record.seq, timeOf(record, zone), personOf(record), what, reasonTold(record)];
}

/** The matrix's words, with the request that was meant by them. */
function whatOf({ target, type }: StoredRecord): string {
  if (target === undefined) return type;
  const { module, method, host, route } = target;
  const request = [method, host, route].filter((part) => part !== undefined).join(' ');
  return module === undefined || request === '' ? targetOf(target) : `${targetOf(target)}: ${request}`;
}

function personOf(record: StoredRecord): string {
  const from = record.source?.ip;
  // Of writes to the API server it is never known here.
  const isKnown = from !== undefined && !from.startsWith('unknown');
  return isKnown ? `${whoAsked(record)} from ${from}` : whoAsked(record);
}

function timeOf({ time }: StoredRecord, zone: string): string {
  const at = parseTime(time);
  return at === undefined ? time : onClock(at, zone);
}

/** Always with seconds: what happened in one minute has an order. */
function onClock(at: number, zone: string): string {
  const { date, time } = localParts(at, zone);
  return `${date} ${time.length === 5 ? `${time}:00` : time}`;
}

function origin({ from, madeAt, zone, version, verified }: StoryPage): Markup {
  return markup`<h2>How this page was made, and how to check it</h2>
<p>kubectl support-access ${version} made it on ${onClock(madeAt, zone)} from ${from}. It read every record of the log, not only those above:
${verified.says}</p>
<p>To check it: keep the head of the log (<code>kubectl support-access records head</code>) where the records cannot be written, and give
it later to <code>kubectl support-access records verify --head</code>. Each record of this page is found by its number:
<code>kubectl support-access records print --after N --limit 1</code> prints the one after N.</p>`;
}
