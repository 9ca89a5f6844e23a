/** Gives one notice to the mail server. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { renderNotice, type Saying } from '../../crds/notices/render.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import type { NoticeSender } from './sender.ts';
import type { MailServer } from './settings.ts';

export interface MailLogin {
  readonly username: string;
  readonly password: string;
}

export interface Sending {
  readonly server: MailServer;
  readonly credentials: MailLogin | undefined;
  readonly saying: Saying;
}

/** A server that hangs holds up this queue alone, and no longer than this at each step. */
export const stepTimeoutMs = 10_000;

/** Sends one mail after the other over a connection that is kept. Opens nothing yet: the first mail connects. */
export function createMailer(
  { server, credentials, saying }: Sending,
  timeoutMs = stepTimeoutMs,
): NoticeSender {
  const transport = createTransport({
    pool: true,
    maxConnections: 1,
    maxRequeues: 0,
    ...connectionTo(server),
    ...(credentials === undefined
      ? {}
      : { auth: { type: 'login', user: credentials.username, pass: credentials.password } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // A notice has no attachments, and nothing that is written in an object names a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ key, address, notice }) {
      const { subject, text, html } = renderNotice(notice, saying);
      try {
        await transport.sendMail({
          messageId: messageIdOf(key, server.from),
          date: new Date(notice.at),
          from: { name: 'Support Access', address: server.from },
          to: { name: '', address },
          subject,
          text,
          html,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { outcome: 'delivered' };
      } catch (error) {
        return { outcome: isRefusal(error) ? 'refused' : 'failed', why: errorWithCauses(error) };
      }
    },
    close: () => transport.close(),
  };
}

function connectionTo({ host, port, tls, ca }: MailServer) {
  return {
    host,
    port,
    secure: tls === 'Implicit',
    requireTLS: tls === 'StartTLS',
    ignoreTLS: tls === 'Disabled',
    tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
  };
}

/** The same for each try, so that a mail which arrived although its answer was lost can be told for what it is. */
function messageIdOf(key: string, from: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return `<${digest}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** The server said of this recipient or message that it never takes it (5xx). Who may not sign in may be able to later. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !('responseCode' in error) || !('code' in error)) return false;
  const code = Number(error.responseCode);
  return code >= 500 && code < 600 && ['EENVELOPE', 'EMESSAGE'].includes(String(error.code));
}
