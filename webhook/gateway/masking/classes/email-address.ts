/** E-mail addresses, as an entry of the list of classes. */
import type { DataClass } from './data-class.ts';
import { lookAhead } from './email-domain.ts';
import { findEmails, lookBack } from './email-finder.ts';

export const emailAddress: DataClass = {
  name: 'EmailAddress',
  plural: 'e-mail addresses',
  replacement: '[e-mail-hidden]',
  find: findEmails,
  reach: { back: lookBack, ahead: lookAhead },
};
