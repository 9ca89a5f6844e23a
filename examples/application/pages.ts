/** The example application's pages. Plain HTML with the values escaped; people's addresses stand in it on purpose. */
import type { Email, Job, Person, Setting } from './database.ts';
import type { SupportPerson } from './support-access.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: unknown): string => String(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? '');

/** A page of the menu, with what looking at it means in the vendor's matrix. */
export const menu = [
  { path: '/', title: 'Home', module: 'System Settings', action: 'Read' },
  { path: '/scheduled-jobs', title: 'Scheduled Jobs', module: 'Scheduled Jobs', action: 'Read' },
  { path: '/email-log', title: 'Email Log', module: 'Email Log', action: 'Read' },
  { path: '/system-settings', title: 'System Settings', module: 'System Settings', action: 'Read' },
] as const;

export type MenuEntry = (typeof menu)[number];

/** What this person may see and do. */
export interface View {
  readonly menu: readonly MenuEntry[];
  readonly mayRun: boolean;
  readonly mayAssign: boolean;
}

function page(title: string, body: string, entries: readonly MenuEntry[]): string {
  const links = entries.map((entry) => `<a href="${entry.path}">${escape(entry.title)}</a>`).join(' ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)} · eCase</title></head>
<body><nav>${links}</nav>
<h1>${escape(title)}</h1>
${body}
</body></html>
`;
}

function table(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const head = heads.map((text) => `<th>${escape(text)}</th>`).join('');
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`)
    .join('\n');
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

export function homePage(view: View): string {
  return page('eCase', '<p>A small application that plays the customer’s.</p>', view.menu);
}

/** `assignable` are those who may own a job; none where that is not known. */
export function jobsPage(jobs: readonly Job[], view: View, assignable: readonly Person[]): string {
  const rows = jobs.map((job) => [job.id, job.name, job.state, job.owner, job.runs]);
  const run = (job: Job): string =>
    `<form method="post" action="/scheduled-jobs/${job.id}/run"><button>Run ${escape(job.name)}</button></form>`;
  const options = assignable.map(({ id, name }) => `<option value="${id}">${escape(name)}</option>`).join('');
  const assign = (job: Job): string =>
    `<form method="post" action="/scheduled-jobs/${job.id}/assign"><select name="person">${options}</select><button>Assign ${escape(job.name)}</button></form>`;
  const forms = [...(view.mayRun ? jobs.map(run) : []), ...(view.mayAssign ? jobs.map(assign) : [])].join(
    '\n',
  );
  const heads = ['Id', 'Name', 'State', 'Owner', 'Runs'];
  return page('Scheduled Jobs', `${table(heads, rows)}\n${forms}`, view.menu);
}

export function emailLogPage(emails: readonly Email[], view: View): string {
  const rows = emails.map((email) => [email.id, email.sender, email.recipient, email.subject, email.state]);
  const links = emails
    .map((email) => `<a href="mailto:${escape(email.recipient)}">write to ${escape(email.recipient)}</a>`)
    .join('<br>\n');
  const heads = ['Id', 'From', 'To', 'Subject', 'State'];
  return page('Email Log', `${table(heads, rows)}\n<p>${links}</p>`, view.menu);
}

export function settingsPage(settings: readonly Setting[], view: View): string {
  const rows = settings.map((setting) => [setting.name, setting.value]);
  return page('System Settings', table(['Name', 'Value'], rows), view.menu);
}

/** For the application's administrators: who has an account, how many licenses that takes, and who is of support. */
export function peoplePage(
  people: readonly Person[],
  { support, licenses }: { readonly support: readonly SupportPerson[]; readonly licenses: number },
): string {
  const rows = people.map(({ name, email }) => [name, email]);
  const ofSupport = support.map(({ displayName, userId, nameID }) => [displayName, userId, nameID]);
  const body = `${table(['Name', 'E-mail'], rows)}
<p>${licenses} licenses are used.</p>
<h2>People of support, who use none</h2>
${table(['Name', 'Id at the vendor', 'Known as'], ofSupport)}`;
  return page('People', body, menu);
}
