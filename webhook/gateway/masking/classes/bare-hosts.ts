/** Which names without a dot may be hosts, as in `ada@intranet`? Each that a host can have, but for what says a version. */

/** Letters, digits and hyphens, and a letter first (RFC 952): `logo@2x` is a file's name. */
const hostName = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i;
/** `checkout@v4`, the digest of an image, and what registries of packages call a version (`react@latest`). */
const version = /^(?:v\d[a-z0-9-]*|sha\d{1,3}|latest|next|canary|nightly|alpha|beta|rc)$/i;

export function isBareHost(name: string): boolean {
  return hostName.test(name) && !version.test(name);
}
