import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { maskHeaderValue } from '../../../../../webhook/gateway/masking/header-value.ts';

const hidden = '[e-mail-hidden]';
const word = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

describe('the value of a header', () => {
  it.each([
    ['attachment; filename="ada@x.com.txt"', `attachment; filename="${hidden}"`],
    ['/users/ada%40x.com?tab=1', `/users/${hidden}?tab=1`],
    ['</u/ada@x.com>; rel="next"', `</u/${hidden}>; rel="next"`],
    ['mail=ada%2540x.com; Path=/', `mail=${hidden}; Path=/`],
    // An extended parameter may hold no brackets (RFC 8187 3.2.1).
    ["attachment; filename*=UTF-8''ada%40x.com", "attachment; filename*=UTF-8''%5Be-mail-hidden%5D"],
    [
      "attachment; filename*=utf-8'en'r%C3%A9n%c3%a9%40x.com",
      "attachment; filename*=utf-8'en'%5Be-mail-hidden%5D",
    ],
    [`attachment; filename="${word('ada@x.com')}"`, `attachment; filename="${word(hidden)}"`],
    ['=?iso-8859-1?Q?to_ren=E9=40x.com?=', word(`to ${hidden}`)],
    // A word cut in two is one to its reader, with or without a language.
    ['=?utf-8?q?ada=40x?= =?utf-8?Q?=2Ecom?=', word(hidden)],
    ['=?utf-8*en?Q?ada=40x.com?=', word(hidden)],
    [`=?utf-16le?B?${Buffer.from('ada@x.com', 'utf16le').toString('base64')}?=`, word(hidden)],
    ['{"showMessage":"sent to ada\\u0040x.com"}', `{"showMessage":"sent to ${hidden}"}`],
  ])('%s becomes %s', (value, expected) => {
    expect(maskHeaderValue(value, [emailAddress])).toEqual({ value: expected, counts: { EmailAddress: 1 } });
  });

  it.each([
    'text/html; charset=utf-8',
    word('nothing here'),
    '=?unknown?Q?caf=E9?=',
    "attachment; filename*=UTF-8''caf%C3%A9.txt",
    'attachment; filename="=?"',
  ])('%s stays', (value) => {
    expect(maskHeaderValue(value, [emailAddress])).toEqual({ value, counts: {} });
  });
});
