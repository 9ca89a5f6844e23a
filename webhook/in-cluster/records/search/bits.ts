/** Which records of a block are meant: a bit for each, and how few of them are stored in less. Pure. */

/** So many records have one row for each key that one of them has. */
export const blockRecords = 1024;
const bytes = blockRecords / 8;

export type Bits = Uint8Array;

/** Every record of a block. */
export function allBits(): Bits {
  return new Uint8Array(bytes).fill(0xff);
}

/** As stored: places of two bytes each, or the bits themselves where these are fewer bytes. */
export function encodeBits(places: readonly number[]): Uint8Array {
  if (places.length * 2 < bytes) return new Uint8Array(Uint16Array.from(places).buffer);
  const bits = new Uint8Array(bytes);
  for (const place of places) bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7));
  return bits;
}

/** Leaves those of `bits` that are in the stored ones too. */
export function narrow(bits: Bits, stored: Uint8Array): void {
  const other = stored.length === bytes ? stored : decodePlaces(stored);
  for (let at = 0; at < bytes; at++) bits[at] = (bits[at] ?? 0) & (other[at] ?? 0);
}

function decodePlaces(stored: Uint8Array): Bits {
  const bits = new Uint8Array(bytes);
  for (let at = 0; at + 1 < stored.length; at += 2) {
    const place = (stored[at] ?? 0) | ((stored[at + 1] ?? 0) << 8);
    bits[(place >> 3) % bytes] = (bits[(place >> 3) % bytes] ?? 0) | (1 << (place & 7));
  }
  return bits;
}

/** The places whose bit is set, in order. */
export function placesIn(bits: Bits): number[] {
  const places: number[] = [];
  for (let at = 0; at < bytes; at++) {
    const byte = bits[at] ?? 0;
    for (let bit = 0; byte >> bit > 0; bit++) if ((byte >> bit) & 1) places.push(at * 8 + bit);
  }
  return places;
}
