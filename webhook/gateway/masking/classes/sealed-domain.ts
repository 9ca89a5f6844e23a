/** The end of what stands in place of an address that may be sent back: no such domain exists (RFC 2606). */
export const sealedDomain = 'hidden.invalid';
