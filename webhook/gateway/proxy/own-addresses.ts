/**
 * Where an application names its own address in a header, the path alone is left: its own address leads around the gateway,
 * and most often nowhere. Addresses of others stay as they are.
 */

/** Headers whose value is one address. */
const addressLines: readonly string[] = [
  'content-location',
  'hx-push-url',
  'hx-redirect',
  'hx-replace-url',
  'location',
  'x-inertia-location',
  'x-pjax-url',
  'x-up-location',
];

/** The value of a header with the addresses of these origins as paths. */
export function onThisHost(name: string, value: string, origins: readonly string[]): string {
  const path = (address: string): string => pathOf(address, origins);
  if (addressLines.includes(name)) return path(value);
  if (name === 'link') return value.replaceAll(/<([^<>]*)>/g, (_, address: string) => `<${path(address)}>`);
  // The seconds, and perhaps an address: `5; url=/jobs`, in whatever form browsers take.
  const [, before, address] = /^([^;,]*[;,]\s*(?:url\s*=\s*)?)(\S.*)$/i.exec(value) ?? [];
  if (name !== 'refresh' || before === undefined || address === undefined) return value;
  return `${before}${path(address.replace(/^(["'])(.*?)(?:\1.*)?$/, '$2'))}`;
}

function pathOf(address: string, origins: readonly string[]): string {
  const url = URL.parse(address);
  if (url === null || !origins.includes(url.origin)) return address;
  // Two slashes at the beginning would be another host again.
  return `${url.pathname.replace(/^\/+/, '/')}${url.search}${url.hash}`;
}
