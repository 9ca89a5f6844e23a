/** E-mail addresses, as an entry of the list of classes. */
import { isBareHost } from './bare-hosts.ts';
import type { DataClass } from './data-class.ts';
import { lookAhead } from './email-domain.ts';
import { emailFinder, lookBack } from './email-finder.ts';

/** E-mail addresses; what these hosts without a dot have is none, such as `root@localhost`. */
export function emailAddressBut(hostNames: readonly string[]): DataClass {
  const others = new Set(hostNames.map((name) => name.toLowerCase()));
  return {
    name: 'EmailAddress',
    plural: 'e-mail addresses',
    replacement: '[e-mail-hidden]',
    find: emailFinder((name) => isBareHost(name) && !others.has(name.toLowerCase())),
    reach: { back: lookBack, ahead: lookAhead },
  };
}

export const emailAddress: DataClass = emailAddressBut([]);
