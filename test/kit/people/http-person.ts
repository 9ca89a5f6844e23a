/**
 * A person with a browser, played by plain HTTPS: keeps cookies, follows redirects, fills in forms. It knows nothing of
 * the product; where a browser would do something by script, the person presses the button.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { aCookieJar, type CookieJar } from './cookie-jar.ts';

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The addresses that led here, first one first. */
  readonly redirects: readonly string[];
}

export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Stop at the first answer instead of following redirects. */
  readonly stay?: boolean;
}

export interface OpenStream {
  readonly status: number;
  /** Everything received so far. */
  readonly text: () => string;
  /** When the newest byte arrived (performance.now() milliseconds), 0 before the first. */
  readonly lastByteAt: () => number;
  /** Resolves when the other side ended or cut the stream. */
  readonly ended: Promise<void>;
  /** Whether it ended as HTTP ends a response, and was not broken off. */
  readonly isWhole: () => boolean;
  close(): void;
}

export interface Person {
  readonly cookies: CookieJar;
  visit(url: string, visit?: Visit): Promise<Page>;
  /** Fills in the only form of a page and sends it. */
  submit(page: Page, fields?: Readonly<Record<string, string>>): Promise<Page>;
  open(url: string): Promise<OpenStream>;
  /** Signs in at the identity provider behind `url`, and returns the page that this leads to. */
  signIn(url: string, credentials: { readonly user: string; readonly password: string }): Promise<Page>;
  leave(): void;
}

/** What a browser asks for when a person types an address. */
const navigation = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

export interface PersonWish {
  /** Whom the person trusts. */
  readonly ca: string;
  /** An address of this machine; the loopback has many. */
  readonly from?: string;
  /** Where every host is that has a name; the loopback unless said. */
  readonly at?: string;
}

/** A person in front of a browser of its own. */
export function aPerson({ ca, from, at = '127.0.0.1' }: PersonWish): Person {
  const cookies = aCookieJar();
  // `*.localhost` is this machine (RFC 6761); browsers know that, Node's resolver does not.
  const lookup: LookupFunction = (_host, { all }, found) => {
    const family = isIP(at);
    if (all) found(null, [{ address: at, family }]);
    else found(null, at, family);
  };
  const agent = new Agent({ ca, keepAlive: true, lookup });
  const send = async (url: URL, { method = 'GET', headers = {}, body }: Visit): Promise<IncomingMessage> => {
    const cookie = cookies.headerFor(url);
    const options: RequestOptions = {
      method,
      headers: {
        ...navigation,
        ...(cookie ? { cookie } : {}),
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      ...(from ? { localAddress: from } : {}),
      lookup,
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent }, resolve)
          : httpRequest(url, options, resolve);
      sent.on('error', reject).end(body);
    });
    for (const line of answer.headers['set-cookie'] ?? []) cookies.keep(line, url);
    return answer;
  };
  const visit = async (start: string, wish: Visit = {}): Promise<Page> => {
    let url = new URL(start);
    let current = wish;
    const redirects: string[] = [];
    for (;;) {
      const answer = await send(url, current);
      const page = {
        url,
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        body: await textOf(answer),
        redirects,
      };
      const location = answer.headers.location;
      if (wish.stay || !location || page.status < 300 || page.status > 399) return page;
      if (redirects.length >= 15) throw new Error(`too many redirects: ${redirects.join(' -> ')}`);
      redirects.push(url.href);
      url = new URL(location, url);
      // After 303 (and, as browsers do, after 301 and 302 of a POST) the next request is a GET without a body.
      current = page.status >= 307 ? current : {};
    }
  };
  const submit: Person['submit'] = async (page, fields = {}) => {
    const form = formOf(page);
    const body = new URLSearchParams({ ...form.fields, ...fields }).toString();
    return visit(form.action.href, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: page.url.origin,
        'sec-fetch-site': siteOf(page.url, form.action),
      },
      body,
    });
  };
  return {
    cookies,
    visit,
    submit,
    open: async (url) => streamOf(await send(new URL(url), { headers: { accept: 'text/event-stream' } })),
    signIn: async (url, { user, password }) => {
      const login = await visit(url);
      const answer = await submit(login, { username: user, password });
      return answer.body.includes('SAMLResponse') ? submit(answer) : answer;
    },
    leave: () => agent.destroy(),
  };
}

const siteOf = (from: URL, to: URL): string => (from.origin === to.origin ? 'same-origin' : 'cross-site');

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function streamOf(answer: IncomingMessage): OpenStream {
  let text = '';
  let lastByteAt = 0;
  answer.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    lastByteAt = performance.now();
  });
  const ended = new Promise<void>((resolve) => {
    answer.on('close', () => resolve()).on('error', () => resolve());
  });
  return {
    status: answer.statusCode ?? 0,
    text: () => text,
    lastByteAt: () => lastByteAt,
    ended,
    isWhole: () => answer.complete,
    close: () => answer.destroy(),
  };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
  '#34': '"',
};
const unescape = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|#x27|#34);/g, (_, name: string) => entities[name] ?? '');

function attributeOf(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*("([^"]*)"|'([^']*)')`, 'i').exec(tag);
  return found ? unescape(found[2] ?? found[3] ?? '') : undefined;
}

/** The first form of a page: where it goes and what it holds already. */
function formOf(page: Page): { action: URL; fields: Record<string, string> } {
  const form = /<form\b[\s\S]*?<\/form>/i.exec(page.body)?.[0];
  if (!form) throw new Error(`${page.url.href} (${page.status}) has no form: ${page.body.slice(0, 300)}`);
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input\b[^>]*>/gi)) {
    const name = attributeOf(tag, 'name');
    if (name) fields[name] = attributeOf(tag, 'value') ?? '';
  }
  return {
    action: new URL(attributeOf(/<form\b[^>]*>/i.exec(form)?.[0] ?? '', 'action') ?? '', page.url),
    fields,
  };
}
