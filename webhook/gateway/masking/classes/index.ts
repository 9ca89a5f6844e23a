/**
 * THE list of the classes of data that can be masked by what they look like (a matrix can name fields and patterns besides), in the order in which a text is searched for them. The schema of a
 * matrix names the same; a test compares.
 */
import type { DataClass } from './data-class.ts';
import { dateOfBirth } from './date-of-birth.ts';
import { emailAddress } from './email-address.ts';
import { iban } from './iban.ts';
import { ipAddress } from './ip-address.ts';
import { nationalId } from './national-id.ts';
import { paymentCard } from './payment-card.ts';
import { phoneNumber } from './phone-number.ts';
import { secrets } from './secret.ts';

export const dataClasses: readonly DataClass[] = [
  emailAddress,
  iban,
  paymentCard,
  nationalId,
  phoneNumber,
  dateOfBirth,
  ipAddress,
  secrets,
];
