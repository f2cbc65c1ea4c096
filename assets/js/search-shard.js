/*
  A shard of the search index, unpacked; the format stands in search-index.js.
*/

import { fold } from "./search-words.js";

const UTF8 = new TextDecoder();

/**
 * The groups of a shard: {stem, forms, compounds}, the latter lists of {text, folded, postings()}.
 *
 * {byStem, byForm}: the group of each stem, and those with each folded form.  `bits` are those of a
 * weight.
 */
export function unpacked(buffer, bits) {
  const data = new Uint8Array(buffer);
  const spelled = new Uint8Array(4096);
  let place = 0;

  function varint() {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = data[place++];
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  function text() {
    const shared = varint();
    const length = varint();
    spelled.set(data.subarray(place, place + length), shared);
    place += length;
    return UTF8.decode(spelled.subarray(0, shared + length));
  }

  function words(number) {
    return Array.from({ length: number }, () => {
      const word = { text: text(), count: varint() };
      word.folded = fold(word.text);
      const length = varint();
      const packed = data.subarray(place, place + length);
      place += length;
      word.postings = () => postings(packed, word.count, bits);
      return word;
    });
  }

  const byStem = new Map();
  const byForm = new Map();
  for (let left = varint(); left > 0; left--) {
    const stem = text();
    const [forms, compounds] = [varint(), varint()];
    const group = { stem, forms: words(forms), compounds: words(compounds) };
    byStem.set(stem, group);
    for (const folded of new Set(group.forms.map((form) => form.folded))) {
      byForm.set(folded, [...(byForm.get(folded) ?? []), group]);
    }
  }
  return { byStem, byForm };
}

/** The name of the shard of a prefix: its FNV-1a hash. */
export function nameOf(prefix) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(prefix)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}

/** The numbers and weights of the documents in packed postings. */
export function postings(packed, count, bits) {
  const numbers = new Float64Array(count); // they have more than 32 bits
  const weights = new Uint8Array(count);
  const k = packed[0];
  let place = 8;
  let number = 0;

  function take(width) {
    let value = 0;
    while (width > 0) {
      const free = 8 - (place & 7);
      const step = Math.min(free, width);
      const byte = packed[place >> 3] & (0xff >> (8 - free));
      value = value * 2 ** step + (byte >> (free - step));
      place += step;
      width -= step;
    }
    return value;
  }

  /** So many zeros come next, and a one. */
  function zeros() {
    let found = 0;
    for (;;) {
      const rest = (packed[place >> 3] << (place & 7)) & 0xff;
      const some = rest ? Math.clz32(rest) - 24 : 8 - (place & 7);
      found += some;
      place += some;
      if (rest) {
        place++;
        return found;
      }
    }
  }

  for (let index = 0; index < count; index++) {
    number += zeros() * 2 ** k + take(k);
    numbers[index] = number;
    weights[index] = take(bits);
  }
  return { numbers, weights };
}
