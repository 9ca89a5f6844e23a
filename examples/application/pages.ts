/** The example application's pages. Plain HTML with the values escaped; people's addresses stand in it on purpose. */
import type { Email, Job, Setting } from './database.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: unknown): string => String(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? '');

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)} · eCase</title></head>
<body><nav><a href="/">Home</a> <a href="/scheduled-jobs">Scheduled Jobs</a> <a href="/email-log">Email Log</a> <a href="/system-settings">System Settings</a></nav>
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

export function homePage(): string {
  return page('eCase', '<p>A small application that plays the customer’s.</p>');
}

export function jobsPage(jobs: readonly Job[]): string {
  const rows = jobs.map((job) => [job.id, job.name, job.state, job.owner, job.runs]);
  const forms = jobs
    .map(
      (job) =>
        `<form method="post" action="/scheduled-jobs/${job.id}/run"><button>Run ${escape(job.name)}</button></form>`,
    )
    .join('\n');
  return page('Scheduled Jobs', `${table(['Id', 'Name', 'State', 'Owner', 'Runs'], rows)}\n${forms}`);
}

export function emailLogPage(emails: readonly Email[]): string {
  const rows = emails.map((email) => [email.id, email.sender, email.recipient, email.subject, email.state]);
  const links = emails
    .map((email) => `<a href="mailto:${escape(email.recipient)}">write to ${escape(email.recipient)}</a>`)
    .join('<br>\n');
  return page('Email Log', `${table(['Id', 'From', 'To', 'Subject', 'State'], rows)}\n<p>${links}</p>`);
}

export function settingsPage(settings: readonly Setting[]): string {
  return page(
    'System Settings',
    table(
      ['Name', 'Value'],
      settings.map((setting) => [setting.name, setting.value]),
    ),
  );
}
