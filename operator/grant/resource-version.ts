/** Which of two versions of objects is later? Decimal numbers that grow with each write (KEP-5504). */

/** The version as a number; undefined where it is none. */
export function numberOf(version: string | undefined): bigint | undefined {
  return version !== undefined && /^\d+$/.test(version) ? BigInt(version) : undefined;
}
