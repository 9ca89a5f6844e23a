/**
 * Is this request a WebSocket handshake, and nothing else besides? Only such a one leaves HTTP on its connection: after
 * any other Upgrade line Node would stop reading requests, and what follows would be read by no rule.
 */
import { type Line, protocolLines, wordsOf } from './header-lines.ts';

/** What a handshake may have of the lines that ask for another protocol. */
const ownLines: readonly string[] = [
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
];

/** Whether the lines are a handshake of RFC 6455, 4.1, each line once and without a body. */
export function isWebSocketHandshake(
  { method, httpVersion }: { readonly method?: string | undefined; readonly httpVersion: string },
  lines: readonly Line[],
): boolean {
  const valuesOf = (name: string): string[] =>
    lines.filter((line) => line.name === name).map(({ value }) => value);
  const has = (name: string, shape: RegExp): boolean => {
    const values = valuesOf(name);
    return values.length === 1 && shape.test(values[0] ?? '');
  };
  if (method !== 'GET' || httpVersion !== '1.1') return false;
  const asking = lines.filter(({ name }) => protocolLines.some((shape) => shape.test(name)));
  if (asking.some(({ name }) => !ownLines.includes(name))) return false;
  if (new Set(asking.map(({ name }) => name)).size !== asking.length) return false;
  if (['content-length', 'transfer-encoding', 'expect'].some((name) => valuesOf(name).length > 0))
    return false;
  return (
    has('upgrade', /^websocket$/i) &&
    has('sec-websocket-version', /^13$/) &&
    // 16 bytes in base64.
    has('sec-websocket-key', /^[A-Za-z0-9+/]{21}[AQgw]==$/) &&
    valuesOf('connection').flatMap(wordsOf).includes('upgrade')
  );
}
