/** What each kind of receiver is sent, all from the same lines: as data, as Slack reads it and as Teams does. Pure. */

import type { Notice } from '../../crds/notices/notice.ts';
import { type SaidLine, type Saying, saidLinesOf, subjectLineOf } from '../../crds/notices/render.ts';

export type WebhookFormat = 'Standard' | 'Slack' | 'Teams';

/** The body, as the object that is sent as JSON. */
export function webhookBody(format: WebhookFormat, notice: Notice, saying: Saying): object {
  const title = subjectLineOf(notice, saying);
  const lines = saidLinesOf(notice, saying);
  const { unexpected: heading, events } = saying.language;
  const advice: SaidLine = { name: 'why', label: heading, value: events[notice.event].unexpected };
  return bodies[format]({ title, lines: [...lines, advice], notice });
}

interface Said {
  readonly title: string;
  readonly lines: readonly SaidLine[];
  readonly notice: Notice;
}

const bodies: Readonly<Record<WebhookFormat, (said: Said) => object>> = {
  Standard: ({ title, lines, notice }) => ({
    type: `supportaccess.${notice.event}`,
    timestamp: new Date(notice.at).toISOString(),
    data: {
      ...notice,
      at: new Date(notice.at).toISOString(),
      ...(notice.until === undefined ? {} : { until: new Date(notice.until).toISOString() }),
      ...(notice.folded === undefined
        ? {}
        : { folded: { ...notice.folded, lastAt: new Date(notice.folded.lastAt).toISOString() } }),
      title,
      lines: lines.map(({ label, value }) => ({ label, value })),
    },
  }),
  Slack: ({ title, lines }) => ({
    text: inSlack(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: lines
            .map(({ label, value }) => `*${label}:* ${inSlack(value)}`)
            .join('\n')
            .slice(0, 3000),
        },
      },
    ],
  }),
  Teams: ({ title, lines }) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          version: '1.4',
          body: [
            { type: 'TextBlock', size: 'Medium', weight: 'Bolder', wrap: true, text: inTeams(title) },
            {
              type: 'FactSet',
              facts: lines.map(({ label, value }) => ({ title: label, value: inTeams(value) })),
            },
          ],
        },
      },
    ],
  }),
};

/** Slack reads these three as markup, `<!channel>` and links among it; its own words for them are the way to say them. */
function inSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Teams reads a part of Markdown: what an object says must make no link there. */
function inTeams(text: string): string {
  return text.replace(/[\\`*_[\]]/g, (found) => `\\${found}`);
}
