/** A person's cookies as a browser keeps them: by host and path, `Secure` only over TLS, prefixes honoured (RFC 6265bis). */

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
}

export interface CookieJar {
  /** Keeps what a `Set-Cookie` header line says, as coming from `url`. */
  keep(line: string, url: URL): void;
  /** The `Cookie` header for a request to `url`, or undefined when there is nothing to send. */
  headerFor(url: URL): string | undefined;
  /** Names and values that would go to `url`. */
  for(url: URL): ReadonlyMap<string, string>;
  forgetAll(): void;
  /** Plants a cookie as an attacker would, whatever the prefix rules say. */
  plant(url: URL, name: string, value: string): void;
}

/** An empty jar. */
export function aCookieJar(): CookieJar {
  let cookies: readonly Cookie[] = [];
  const put = (cookie: Cookie): void => {
    cookies = [
      ...cookies.filter(
        (one) => !(one.name === cookie.name && one.host === cookie.host && one.path === cookie.path),
      ),
      cookie,
    ];
  };
  const matching = (url: URL): readonly Cookie[] =>
    cookies.filter(
      (one) =>
        one.host === url.hostname &&
        url.pathname.startsWith(one.path) &&
        (!one.secure || url.protocol === 'https:'),
    );
  return {
    keep(line, url) {
      const read = readSetCookie(line, url);
      if (!read) return;
      if (read.expired)
        cookies = cookies.filter((one) => !(one.name === read.cookie.name && one.host === read.cookie.host));
      else put(read.cookie);
    },
    headerFor(url) {
      const list = matching(url).map(({ name, value }) => `${name}=${value}`);
      return list.length > 0 ? list.join('; ') : undefined;
    },
    for: (url) => new Map(matching(url).map(({ name, value }) => [name, value])),
    forgetAll() {
      cookies = [];
    },
    plant(url, name, value) {
      put({ name, value, host: url.hostname, path: '/', secure: true });
    },
  };
}

function readSetCookie(line: string, url: URL): { cookie: Cookie; expired: boolean } | undefined {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const name = pair.slice(0, at);
  const settings = new Map(
    attributes.map((text) => {
      const [key = '', value = ''] = text.split('=');
      return [key.toLowerCase(), value];
    }),
  );
  const secure = settings.has('secure');
  const path = settings.get('path') || '/';
  // A browser drops a cookie whose name promises what its attributes do not keep.
  if (name.startsWith('__Host-') && (!secure || path !== '/' || settings.has('domain'))) return undefined;
  const age = settings.get('max-age');
  const expires = settings.get('expires');
  const expired =
    age === undefined ? expires !== undefined && Date.parse(expires) <= Date.now() : Number(age) <= 0;
  return { cookie: { name, value: pair.slice(at + 1), host: url.hostname, path, secure }, expired };
}
