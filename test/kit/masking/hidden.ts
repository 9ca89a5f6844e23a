/** What masking writes in place of an e-mail address, in each form that it has: for tests that only ask whether it is hidden. */
export const hiddenAddress =
  /(?:‹e-mail [0-9a-f]{4,16}›|&#8249;e-mail [0-9a-f]{4,16}&#8250;|\[e-mail-hidden(?:-[0-9a-f]{4,16})?\]|e-mail-[0-9a-f]{4,16}\.[\w-]{38,}@hidden\.invalid)/;
