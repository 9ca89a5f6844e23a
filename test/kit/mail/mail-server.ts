/** A mail server in this process that speaks real SMTP, keeps what it takes, and can be as bad as servers are. */
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type Authority, createAuthority } from '../control-plane/pki.ts';

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  /** Who signed in to send it, and whether the connection was encrypted. */
  readonly user: string | undefined;
  readonly encrypted: boolean;
}

/** How the server behaves; each may be changed while it runs. */
export interface MailServerMood {
  /** Recipients that it refuses for good. */
  refused?: readonly string[];
  /** Answers each recipient with "try later". */
  isBusy?: boolean;
  /** Takes connections and says nothing. */
  isSilent?: boolean;
  /** Breaks the connection off when a mail has come whole, once. */
  dropsAfterData?: boolean;
}

export interface MailServer {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly received: readonly ReceivedMail[];
  readonly mood: MailServerMood;
  connections(): number;
  close(): Promise<void>;
}

export interface MailServerWish {
  readonly tls?: 'StartTLS' | 'Implicit' | 'Disabled';
  /** Who must sign in; without it, no one can. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly authority?: Authority;
  /** Of its certificate, in place of those of loopback. */
  readonly names?: readonly string[];
}

/** Starts one on loopback. */
export async function startMailServer(wish: MailServerWish = {}): Promise<MailServer> {
  const { tls = 'StartTLS', login, names } = wish;
  const authority = wish.authority ?? (await createAuthority('mail of a test'));
  const credential =
    names === undefined
      ? await authority.issueLoopbackServer()
      : await authority.issueServer('mail', { names, addresses: [] });
  const received: ReceivedMail[] = [];
  const mood: MailServerMood = {};
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = new SMTPServer({
    secure: tls === 'Implicit',
    // Hidden, it would still be taken.
    disabledCommands: tls === 'Disabled' ? ['STARTTLS'] : [],
    cert: credential.certificate,
    key: credential.key,
    authOptional: login === undefined,
    closeTimeout: 100,
    ...judgedBy(mood, login),
    onData(stream, session, callback) {
      void buffer(stream).then(async (bytes) => {
        const raw = bytes.toString('utf8');
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          mail: await PostalMime.parse(bytes),
          user: session.user,
          encrypted: session.secure,
        });
        if (mood.dropsAfterData !== true) return callback();
        mood.dropsAfterData = false;
        for (const socket of sockets) socket.destroy();
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const { port } = await new Promise<AddressInfo>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve(listening.address() as AddressInfo));
  });
  return {
    port,
    ca: authority.certificate,
    received,
    mood,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

function judgedBy(mood: MailServerMood, login: MailServerWish['login']): SMTPServerOptions {
  return {
    onConnect(_session, callback) {
      if (mood.isSilent !== true) callback();
    },
    onAuth({ username, password }, _session, callback) {
      if (username === login?.username && password === login?.password)
        return callback(null, { user: username });
      return callback(new Error('wrong user name or password'));
    },
    onRcptTo({ address }, _session, callback) {
      const answer = (code: number, text: string) =>
        callback(Object.assign(new Error(text), { responseCode: code }));
      if (mood.isBusy === true) return answer(451, 'try again later');
      if (mood.refused?.includes(address) === true) return answer(550, 'no such person');
      return callback();
    },
  };
}
